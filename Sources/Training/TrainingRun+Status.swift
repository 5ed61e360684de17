extension TrainingRun {
  /// How far a run is.
  package struct Status: Sendable, Codable, Equatable {
    /// Outer-iterations done.
    package var outerIteration: Int
    /// Of the last outer-iteration; nil before the first of this process.
    package var outerLoss: Double?
    /// Inner steps a second in the last outer-iteration, those of both members of each pair.
    package var innerStepsPerSecond: Double?
    /// K of the curriculum in the last outer-iteration.
    package var truncation: Double?
    /// The step of the newest snapshot.
    package var snapshot: Int?
    /// Of the last evaluation; nil before the first of this process.
    package var evaluationLoss: Double?
    /// Of tuned Adam on the tasks of the evaluation; nil before it is known.
    package var adamLoss: Double?
    /// The step of the best snapshot.
    package var best: Int?
    package var isPaused = false
    /// Inner steps of this process in whole outer-iterations.
    package var innerSteps = 0
    /// Pairs of this process of which a member diverged.
    package var diverged = 0
  }
}
