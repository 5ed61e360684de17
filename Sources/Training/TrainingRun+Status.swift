import Engine
import Tasks

extension TrainingRun {
  /// The status of a run: what it is at now.
  package struct Status: Sendable, Codable, Equatable {
    /// The number of outer-iterations done.
    package var outerIteration: Int
    /// The outer-loss of the last outer-iteration; nil before the first one of this process.
    package var outerLoss: Double?
    /// The inner steps a second in the last outer-iteration, counting both members of each pair; nil before the first
    /// one.
    package var innerStepsPerSecond: Double?
    /// The mean length K of a truncation by the curriculum in the last outer-iteration; nil before the first one.
    package var truncation: Double?
    /// The step of the newest snapshot; nil where there is none.
    package var snapshot: Int?
    /// The loss of the last evaluation; nil before the first one of this process.
    package var evaluationLoss: Double?
    /// The split of the classes that θ is evaluated on, `outer-validation` or `train`; nil where it is not evaluated.
    package var evaluationSplit: String?
    /// The name of the suite whose rows θ is evaluated on; nil where it is the run's own problems. The losses of
    /// evaluations are geometric means of the rows' ratios to tuned Adam then.
    package var evaluationSuite: String?
    /// The loss of tuned Adam on the tasks of the evaluation; nil before it is known.
    package var adamLoss: Double?
    /// The step of the best snapshot; nil where none was evaluated.
    package var best: Int?
    /// Whether the run is paused.
    package var isPaused = false
    /// The number of inner steps that this process did in whole outer-iterations.
    package var innerSteps = 0
    /// The number of pairs, in this process, of which a member diverged.
    package var diverged = 0
    /// The problems, where the run has several, and behind them the rows of the suite, where there is one.
    package var problems: [Problem] = []

    /// What a run is at with one of several problems.
    package struct Problem: Sendable, Codable, Equatable {
      /// The problem's name.
      package var name: String
      /// The outer-loss of its samples in the last outer-iteration that had some; nil before the first one of this process.
      package var outerLoss: Double?
      /// The loss of the last evaluation on its tasks; nil where it has none, or before the first one of this process.
      package var evaluationLoss: Double?
      /// The loss of Adam, tuned for this problem, on these tasks; nil where it has none, or before it is known.
      package var adamLoss: Double?
    }

    /// Returns the problems of a run that has several, and the rows of its suite, with nothing known of them.
    static func problems(_ tasks: DatasetTaskDistribution, rows: [String]) -> [Problem] {
      ((tasks.problems.count > 1 ? tasks.problems.map(\.name) : []) + rows).map { Problem(name: $0) }
    }
  }
}
