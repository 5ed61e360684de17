package import Engine
package import Foundation

/// The configuration of a run of outer-training (Documentation/configuration.md): everything that the run is told.
package struct Configuration: Codable, Sendable, Equatable {
  /// The presets: values for all settings, for two cores or for the paper's scale.
  package enum Preset: String, Codable, CaseIterable, Sendable { case small, paper }

  /// A data set, and how often tasks are drawn from it relative to the others.
  package struct Dataset: Codable, Sendable, Equatable {
    /// The data set's folder.
    package var path: String
    /// The weight of the data set, above 0; only its ratio to the others' matters.
    package var weight: Double

    /// Names a data set.
    package init(path: String, weight: Double = 1) {
      self.path = path
      self.weight = weight
    }
  }

  /// An inner problem, and how often it is drawn relative to the others.
  package struct Problem: Codable, Sendable, Equatable {
    /// The problem's name, for example `mlp2x32`.
    package var name: String
    /// The weight of the problem, above 0; only its ratio to the others' matters.
    package var weight: Double
    /// The path of the one data set that the problem is trained on; nil for every one that it fits.
    package var dataset: String?
    /// The number of images of a minibatch; nil for `inner.batch`.
    package var batch: Int?
    /// The life of its tasks; nil for that of `inner.life`.
    package var life: Life?
    /// The loss by which its outer-gradients are divided; nil for that of `outer.reference`.
    package var referenceLoss: Double?

    private enum CodingKeys: String, CodingKey {
      case name, weight, dataset, batch, life
      case referenceLoss = "reference_loss"
    }

    /// The life of a problem's tasks in inner steps.
    package struct Life: Codable, Sendable, Equatable {
      /// The shortest life; nil for `inner.life.from`.
      package var from: Int?
      /// The longest life; nil for `inner.life.to`.
      package var to: Int?
    }

    /// Names a problem.
    package init(
      name: String, weight: Double = 1, dataset: String? = nil, batch: Int? = nil, life: Life? = nil,
      referenceLoss: Double? = nil
    ) {
      self.name = name
      self.weight = weight
      self.dataset = dataset
      self.batch = batch
      self.life = life
      self.referenceLoss = referenceLoss
    }
  }

  /// The addresses on which the daemon serves, and the conditions of access (Documentation/http.md).
  package struct HTTP: Codable, Sendable, Equatable {
    /// The settings of TLS over TCP.
    package struct TLS: Codable, Sendable, Equatable {
      /// The file of the certificate, PEM, its chain behind it; nil for no TLS.
      package var certificate: String?
      /// The file of the certificate's private key, PEM; nil for no TLS.
      package var key: String?
      /// Whether another server before this one does TLS.
      package var terminatedElsewhere = false
    }

    /// Whether the daemon listens on `host` and `port`.
    package var tcp = true
    /// The address that the daemon listens on.
    package var host = "127.0.0.1"
    /// The port that the daemon listens on; 0 for any that is free.
    package var port = 8417
    /// The path of a Unix socket that the daemon listens on; nil for one in the state folder, for its owner alone.
    package var socket: String?
    /// The file of the bearer token that requests over TCP must bring; nil where they need none.
    package var tokenFile: String?
    /// The file of a second bearer token, with which requests over TCP may only read; nil: none.
    package var readTokenFile: String?
    /// Whether the files of tokens and private keys may be readable by everybody.
    package var allowReadableSecrets = false
    /// The names of hosts that are answered for over TCP without a token, beside addresses and `localhost`.
    package var hostNames: [String] = []
    /// The settings of TLS over TCP.
    package var tls = TLS()

    /// Makes the settings of a daemon that only its own machine reaches, over TCP.
    package init() {}
  }

  /// The rules by which states and snapshots are written and kept.
  package struct Snapshot: Codable, Sendable, Equatable {
    /// The seconds between two snapshots, and between two writings of the state.
    package var everySeconds = 60.0
    /// The number of the newest snapshots that are kept.
    package var keep = 20
    /// The seconds of a stretch of time of which the first snapshot is kept for good.
    package var keepEverySeconds = 21_600.0
    /// The MiB of the disk that stay free: nothing is written where less is.
    package var freeMib = 256
    /// The file of the key that records are signed with; nil for no signatures.
    package var signingKeyFile: String?
  }

  /// The evaluation of θ while training, on tasks of the split `outer-validation`, or `train` where no data set has that.
  package struct Evaluation: Codable, Sendable, Equatable {
    /// The number of outer-iterations between two evaluations; 0 for none.
    package var every = 0
    /// The number of tasks of an evaluation.
    package var tasks = 8
    /// The number of initialisations of each task.
    package var initialisations = 1
    /// The number of inner steps of each training; 0 for the longest life of a task, `inner.life.to`.
    package var steps = 0
    /// The file of a suite whose rows are evaluated in place of the run's own problems; nil for these.
    package var suite: String?
    /// The folder of each data set that the suite names; nil for none.
    package var datasets: [String: String]?

    /// The numbers of tasks that an evaluation may have, here and in `lopt evaluate`.
    package static let tasksRange = 1...10_000
    /// The numbers of initialisations of each task.
    package static let initialisationsRange = 1...10_000
    /// The numbers of inner steps of each training.
    package static let stepsRange = 1...10_000_000
    /// The most trainings of one optimizer: tasks times initialisations.
    package static let mostTrainings = 100_000
  }

  /// The data sets that tasks are drawn from.
  package var datasets: [Dataset]
  /// The folder of the run's state.
  package var state: String
  /// The inner problems; empty for the one that the shape of the images suggests.
  package var problem: [Problem]
  /// The preset whose values all others are laid over.
  package var preset: Preset
  /// The seed of all that is drawn.
  package var seed: UInt64
  /// The number of threads that compute; 0 for one for every core.
  package var threads: Int
  /// The number of outer-iterations after which the run ends; nil for no end.
  package var outerIterations: Int?
  /// The most outer-iterations of a run: at a thousand a second they take 30,000 years.
  package static let mostOuterIterations = 1_000_000_000_000_000
  /// The file of a snapshot or an exported state that a new run begins with; nil for a random θ.
  package var startFrom: String?
  /// The settings of the daemon's HTTP interface.
  package var http: HTTP
  /// The rules by which states and snapshots are written and kept.
  package var snapshot: Snapshot
  /// The evaluation of θ while training.
  package var evaluation: Evaluation
  /// The settings of outer-training.
  package var outer: OuterSettings
  /// The settings of the inner problems.
  package var inner: InnerSettings

  /// The paths of the keys whose values file, variables or options gave; the others are the preset's. A state does not
  /// record it.
  package var given: Set<String> = []

  private enum CodingKeys: String, CodingKey {
    case datasets, state, problem, preset, seed, threads, outerIterations, startFrom, http, snapshot, evaluation, outer
    case inner
  }

  /// Makes the values of a preset, without data sets and state.
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

  /// The folder of the run's state.
  package var stateFolder: URL { URL(filePath: state) }
}
