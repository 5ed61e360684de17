/// The state of a run as a daemon tells it: the answer of ``DaemonPath/status``.
public struct DaemonStatus: Codable, Sendable, Equatable {
  /// The version of the daemon.
  public var version: String
  /// The time at which the daemon's process began to train: ISO 8601, UTC.
  public var started: String
  /// The names of the inner problems, with commas between.
  public var problem: String
  /// The name of the estimator of the outer-gradient.
  public var estimator: String
  /// The number of threads that compute.
  public var threads: Int
  /// Whether training is paused.
  public var paused: Bool
  /// The number of outer-iterations that the run has done.
  public var outerIteration: Int
  /// The outer-loss of the last outer-iteration; nil before the first one of this process.
  public var outerLoss: Double?
  /// The inner steps a second in the last outer-iteration, counting both members of each antithetic pair.
  public var innerStepsPerSecond: Double?
  /// The mean length of a truncation, K, in inner steps, as the curriculum has it now.
  public var truncation: Double?
  /// The outer-iteration of the newest snapshot; nil where there is none.
  public var snapshot: Int?
  /// The outer-iteration of the best snapshot; nil where none was evaluated.
  public var best: Int?
  /// The loss of the last evaluation of this process.
  public var evaluationLoss: Double?
  /// The split of the classes that θ is evaluated on: `outer-validation`, or `train` where no classes are apart; nil where
  /// it is not evaluated, or the daemon does not say.
  public var evaluationSplit: String?
  /// The name of the suite whose rows θ is evaluated on, each of which is one of ``problems``; nil where it is the run's own
  /// problems. The loss of an evaluation is the geometric mean of the rows' ratios to tuned Adam then, and Adam's is 1.
  public var evaluationSuite: String?
  /// The loss of tuned Adam on the tasks of the evaluation.
  public var adamLoss: Double?
  /// The alarms: what is wrong while training goes on, a sentence each.
  public var alarms: [String]
  /// The number of inner steps that this process has done; nil where the daemon does not say.
  public var innerSteps: Int?
  /// The number of antithetic pairs, in this process, of which a member diverged; nil where the daemon does not say.
  public var diverged: Int?
  /// The problems, where the run has several, and the rows of the suite that θ is evaluated on; nil where there are none of
  /// these, or the daemon does not say.
  public var problems: [Problem]?

  /// What a run is at with one of several problems.
  public struct Problem: Codable, Sendable, Equatable {
    /// The problem's name.
    public var name: String
    /// The outer-loss of the last outer-iteration that had tasks of it; nil before the first one of this process.
    public var outerLoss: Double?
    /// The loss of the last evaluation of this process on its tasks.
    public var evaluationLoss: Double?
    /// The loss of Adam, tuned for this problem, on these tasks.
    public var adamLoss: Double?

    private enum CodingKeys: String, CodingKey {
      case name
      case outerLoss = "outer_loss"
      case evaluationLoss = "evaluation_loss"
      case adamLoss = "adam_loss"
    }

    /// Makes the part of a status that is about a problem.
    public init(name: String, outerLoss: Double? = nil, evaluationLoss: Double? = nil, adamLoss: Double? = nil) {
      self.name = name
      self.outerLoss = outerLoss
      self.evaluationLoss = evaluationLoss
      self.adamLoss = adamLoss
    }
  }

  private enum CodingKeys: String, CodingKey {
    case version, started, problem, estimator, threads, paused, truncation, snapshot, best, alarms, diverged
    case problems
    case outerIteration = "outer_iteration"
    case outerLoss = "outer_loss"
    case innerStepsPerSecond = "inner_steps_per_second"
    case evaluationLoss = "evaluation_loss"
    case evaluationSplit = "evaluation_split"
    case evaluationSuite = "evaluation_suite"
    case adamLoss = "adam_loss"
    case innerSteps = "inner_steps"
  }

  /// Makes a status of its parts.
  public init(
    version: String, started: String, problem: String, estimator: String, threads: Int, paused: Bool,
    outerIteration: Int, outerLoss: Double? = nil, innerStepsPerSecond: Double? = nil, truncation: Double? = nil,
    snapshot: Int? = nil, best: Int? = nil, evaluationLoss: Double? = nil, evaluationSplit: String? = nil,
    evaluationSuite: String? = nil, adamLoss: Double? = nil, alarms: [String], innerSteps: Int? = nil,
    diverged: Int? = nil,
    problems: [Problem]? = nil
  ) {
    self.version = version
    self.started = started
    self.problem = problem
    self.estimator = estimator
    self.threads = threads
    self.paused = paused
    self.outerIteration = outerIteration
    self.outerLoss = outerLoss
    self.innerStepsPerSecond = innerStepsPerSecond
    self.truncation = truncation
    self.snapshot = snapshot
    self.best = best
    self.evaluationLoss = evaluationLoss
    self.evaluationSplit = evaluationSplit
    self.evaluationSuite = evaluationSuite
    self.adamLoss = adamLoss
    self.alarms = alarms
    self.innerSteps = innerSteps
    self.diverged = diverged
    self.problems = problems
  }
}
