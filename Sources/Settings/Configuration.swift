package import Engine
package import Foundation
package import Snapshots

/// Everything that a run of outer-training is told.
package struct Configuration: Codable, Sendable, Equatable {
  /// Settings that differ in everything from paper scale to two cores.
  package enum Preset: String, Codable, CaseIterable, Sendable { case small, paper }

  /// A data set and how often tasks are drawn from it, relative to the others.
  package struct Dataset: Codable, Sendable, Equatable {
    package var path: String
    package var weight: Double
  }

  /// An inner problem and how often it is drawn, relative to the others.
  package struct Problem: Codable, Sendable, Equatable {
    package var name: String
    package var weight: Double
    /// The path of the one data set that it trains on; nil: every one that it fits.
    package var dataset: String?
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
    package var host = "127.0.0.1"
    /// 0 takes any free port.
    package var port = 8417
    /// The path of a Unix socket; nil: none.
    package var socket: String?
    /// The file of the bearer token that requests over TCP must bring; nil: none must.
    package var tokenFile: String?
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
    package var tasks = 8
    /// Of each task.
    package var initialisations = 1
    /// Inner steps of each training run; 0: the longest life of a task, `inner.life.to`.
    package var steps = 0
  }

  package var datasets: [Dataset]
  /// The folder of the run's state.
  package var state: String
  /// Empty: by the data's shape.
  package var problem: [Problem]
  package var preset: Preset
  package var seed: UInt64
  /// Threads that compute; 0: one for every core.
  package var threads: Int
  /// Outer-iterations after which the run ends; nil: none.
  package var outerIterations: Int?
  /// A snapshot or an exported state to begin with.
  package var startFrom: String?
  package var http: HTTP
  package var snapshot: Snapshot
  package var evaluation: Evaluation
  package var outer: OuterSettings
  package var inner: InnerSettings

  /// The values of a preset; no data sets and no state.
  init(preset: Preset) {
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

  package var stateFolder: URL { URL(filePath: state) }
}
