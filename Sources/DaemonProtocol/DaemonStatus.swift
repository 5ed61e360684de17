/// What a daemon says of its run.
public struct DaemonStatus: Decodable, Sendable {
  public var version: String
  /// ISO 8601, UTC.
  public var started: String
  public var problem: String
  public var estimator: String
  public var threads: Int
  public var paused: Bool
  public var outerIteration: Int
  /// Of the last outer-iteration of the process.
  public var outerLoss: Double?
  public var innerStepsPerSecond: Double?
  /// Inner steps of a truncation now, on average.
  public var truncation: Double?
  /// The step of the newest snapshot.
  public var snapshot: Int?
  /// The step of the best snapshot.
  public var best: Int?
  public var evaluationLoss: Double?
  /// What Adam reaches in the same evaluation.
  public var adamLoss: Double?
  /// What somebody must look at.
  public var alarms: [String]

  private enum CodingKeys: String, CodingKey {
    case version, started, problem, estimator, threads, paused, truncation, snapshot, best, alarms
    case outerIteration = "outer_iteration"
    case outerLoss = "outer_loss"
    case innerStepsPerSecond = "inner_steps_per_second"
    case evaluationLoss = "evaluation_loss"
    case adamLoss = "adam_loss"
  }
}
