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
  }
}
