extension TrainingRun {
  /// How far a run is.
  public struct Status: Sendable, Codable, Equatable {
    /// Outer-iterations done.
    public var outerIteration: Int
    /// Of the last outer-iteration; nil before the first of this process.
    public var outerLoss: Double?
    /// Inner steps a second in the last outer-iteration, those of both members of each pair.
    public var innerStepsPerSecond: Double?
    /// K of the curriculum in the last outer-iteration.
    public var truncation: Double?
    /// The step of the newest snapshot.
    public var snapshot: Int?
    /// Of the last evaluation; nil before the first of this process.
    public var evaluationLoss: Double?
    /// Of tuned Adam on the tasks of the evaluation; nil before it is known.
    public var adamLoss: Double?
    /// The step of the best snapshot.
    public var best: Int?
    public var isPaused = false
    /// Inner steps of this process in whole outer-iterations.
    public var innerSteps = 0
    /// Pairs of this process of which a member diverged.
    public var diverged = 0
  }
}
