/// What an outer-iteration did.
public struct OuterIterationReport: Sendable, Equatable {
  /// Outer-iterations done, this one included.
  public var outerIteration: Int
  /// The mean of L(θ + ε) and L(θ − ε) over all samples.
  public var outerLoss: Double
  /// The norm of the estimated outer-gradient, before it was clipped.
  public var gradientNorm: Double
  public var variance: OuterGradientVariance
  /// K of the curriculum.
  public var length: Double
  /// The outer learning rate of its step.
  public var learningRate: Double
  /// The mean number of outer-iterations between the θ that a sample used and the θ that was stepped; 0 where
  /// synchronous.
  public var staleness: Double
  /// Outer-gradients that were dropped since the step before, because their θ was too old.
  public var dropped: Int
  /// Inner steps done, those of both members of each pair.
  public var innerSteps: Int
  /// Pairs of which a member diverged.
  public var diverged: Int
}
