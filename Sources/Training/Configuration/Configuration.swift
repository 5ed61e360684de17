public import Engine
public import Foundation

/// Everything that a run of outer-training is told.
public struct Configuration: Codable, Sendable, Equatable {
  /// Settings that differ in everything from paper scale to two cores.
  public enum Preset: String, Codable, CaseIterable, Sendable { case small, paper }

  /// A data set and how often tasks are drawn from it, relative to the others.
  public struct Dataset: Codable, Sendable, Equatable {
    public var path: String
    public var weight: Double
  }

  /// An inner problem and how often it is drawn, relative to the others.
  public struct Problem: Codable, Sendable, Equatable {
    public var name: String
    public var weight: Double
    /// The path of the one data set that it trains on; nil: every one that it fits.
    public var dataset: String?
  }

  /// Where the daemon serves, and whom.
  public struct HTTP: Codable, Sendable, Equatable {
    /// What others reach it through.
    public struct TLS: Codable, Sendable, Equatable {
      /// The certificate's file, PEM, its chain behind it; nil: no TLS.
      public var certificate: String?
      /// The private key's file, PEM.
      public var key: String?
      /// Another server before this one does TLS.
      public var terminatedElsewhere = false
    }

    /// Whether it listens on `host` and `port`.
    public var tcp = true
    public var host = "127.0.0.1"
    /// 0 takes any free port.
    public var port = 8417
    /// The path of a Unix socket; nil: none.
    public var socket: String?
    /// The file of the bearer token that requests over TCP must bring; nil: none must.
    public var tokenFile: String?
    public var tls = TLS()
  }

  /// When snapshots are written, and which are kept.
  public struct Snapshot: Codable, Sendable, Equatable {
    /// Seconds between two snapshots, and between two writings of the state.
    public var everySeconds = 60.0
    /// The newest so many are kept.
    public var keep = 20
    /// One in so many seconds is kept for good.
    public var keepEverySeconds = 21_600.0
    /// MiB of the disk that stay free: nothing is written where less is.
    public var freeMib = 256
    /// The file of the key that records are signed with; nil: they are not.
    public var signingKeyFile: String?
  }

  /// Evaluation of θ on tasks of the split `outer-validation` while training.
  public struct Evaluation: Codable, Sendable, Equatable {
    /// Outer-iterations between two; 0: none.
    public var every = 0
    public var tasks = 8
    /// Of each task.
    public var initialisations = 1
    /// Inner steps of each training run; 0: the longest life of a task, `inner.life.to`.
    public var steps = 0
  }

  public var datasets: [Dataset]
  /// The folder of the run's state.
  public var state: String
  /// Empty: by the data's shape.
  public var problem: [Problem]
  public var preset: Preset
  public var seed: UInt64
  /// Threads that compute; 0: one for every core.
  public var threads: Int
  /// Outer-iterations after which the run ends; nil: none.
  public var outerIterations: Int?
  /// A snapshot or an exported state to begin with.
  public var startFrom: String?
  public var http: HTTP
  public var snapshot: Snapshot
  public var evaluation: Evaluation
  public var outer: OuterSettings
  public var inner: InnerSettings

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

  public var stateFolder: URL { URL(filePath: state) }
}
