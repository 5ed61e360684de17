package import Engine
package import Foundation

/// Everything that a run of outer-training is told.
package struct Configuration: Codable, Sendable, Equatable {
  /// Settings that differ in everything from paper scale to two cores.
  package enum Preset: String, Codable, CaseIterable, Sendable { case small, paper }

  /// A data set and how often tasks are drawn from it, relative to the others.
  package struct Dataset: Codable, Sendable, Equatable {
    /// The data set's folder.
    package var path: String
    /// Its share is this over the sum of all; above 0.
    package var weight: Double

    /// A data set as a file names it by its path alone, where no weight is given.
    package init(path: String, weight: Double = 1) {
      self.path = path
      self.weight = weight
    }
  }

  /// An inner problem and how often it is drawn, relative to the others.
  package struct Problem: Codable, Sendable, Equatable {
    /// The name, such as `mlp2x32`.
    package var name: String
    /// Its share is this over the sum of all; above 0.
    package var weight: Double
    /// The path of the one data set that it trains on; nil: every one that it fits.
    package var dataset: String?

    /// An inner problem as a file names it by its name alone, where neither weight nor data set is given.
    package init(name: String, weight: Double = 1, dataset: String? = nil) {
      self.name = name
      self.weight = weight
      self.dataset = dataset
    }
  }

  /// Where the daemon serves, and whom.
  package struct HTTP: Codable, Sendable, Equatable {
    /// What others reach it through.
    package struct TLS: Codable, Sendable, Equatable {
      /// The certificate's file, PEM, its chain behind it; nil: no TLS.
      package var certificate: String?
      /// The private key's file, PEM.
      package var key: String?
      /// Another server before this one does TLS.
      package var terminatedElsewhere = false
    }

    /// Whether it listens on `host` and `port`.
    package var tcp = true
    /// The address or name that it listens on.
    package var host = "127.0.0.1"
    /// 0 takes any free port.
    package var port = 8417
    /// The path of a Unix socket; nil: none.
    package var socket: String?
    /// The file of the bearer token that requests over TCP must bring; nil: none must.
    package var tokenFile: String?
    /// Whether, and how, what goes over TCP is encrypted.
    package var tls = TLS()

    /// Makes the settings of a daemon that only its own machine reaches, over TCP.
    package init() {}
  }

  /// When snapshots are written, and which are kept.
  package struct Snapshot: Codable, Sendable, Equatable {
    /// Seconds between two snapshots, and between two writings of the state.
    package var everySeconds = 60.0
    /// The newest so many are kept.
    package var keep = 20
    /// One in so many seconds is kept for good.
    package var keepEverySeconds = 21_600.0
    /// MiB of the disk that stay free: nothing is written where less is.
    package var freeMib = 256
    /// The file of the key that records are signed with; nil: they are not.
    package var signingKeyFile: String?
  }

  /// Evaluation of θ on tasks of the split `outer-validation` while training.
  package struct Evaluation: Codable, Sendable, Equatable {
    /// Outer-iterations between two; 0: none.
    package var every = 0
    /// How many tasks an evaluation trains.
    package var tasks = 8
    /// How often it trains each task, each time from other inner parameters.
    package var initialisations = 1
    /// Inner steps of each training run; 0: the longest life of a task, `inner.life.to`.
    package var steps = 0
  }

  /// What tasks' images are of; at least one.
  package var datasets: [Dataset]
  /// The folder of the run's state.
  package var state: String
  /// The inner problems of tasks; empty: for each data set the first that takes its images.
  package var problem: [Problem]
  /// The preset whose values the others were laid over.
  package var preset: Preset
  /// The seed of all randomness.
  package var seed: UInt64
  /// Threads that compute; 0: one for every core.
  package var threads: Int
  /// Outer-iterations after which the run ends; nil: none.
  package var outerIterations: Int?
  /// A snapshot or an exported state to begin with.
  package var startFrom: String?
  /// Where the daemon serves.
  package var http: HTTP
  /// When states and snapshots are written.
  package var snapshot: Snapshot
  /// How θ is evaluated while training.
  package var evaluation: Evaluation
  /// The numbers of outer-training.
  package var outer: OuterSettings
  /// What tasks and the learned optimizer are like.
  package var inner: InnerSettings

  /// The values of a preset; no data sets and no state.
  package init(preset: Preset) {
    datasets = []
    state = ""
    problem = []
    self.preset = preset
    seed = 0
    threads = 0
    http = HTTP()
    snapshot = Snapshot()
    evaluation = Evaluation()
    outer = preset == .small ? .small : .paper
    inner = preset == .small ? .small : .paper
  }

  /// ``state`` as a URL.
  package var stateFolder: URL { URL(filePath: state) }
}
