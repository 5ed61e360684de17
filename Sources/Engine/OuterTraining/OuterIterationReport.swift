/// What an outer-iteration did.
package struct OuterIterationReport: Sendable, Equatable {
  /// Outer-iterations done, this one included.
  package var outerIteration: Int
  /// The mean of L(θ + ε) and L(θ − ε) over all samples.
  package var outerLoss: Double
  /// The norm of the estimated outer-gradient, before it was clipped.
  package var gradientNorm: Double
  package var variance: OuterGradientVariance
  /// K of the curriculum.
  package var length: Double
  /// The outer learning rate of its step.
  package var learningRate: Double
  /// The mean number of outer-iterations between the θ that a sample used and the θ that was stepped; 0 where
  /// synchronous.
  package var staleness: Double
  /// Outer-gradients that were dropped since the step before, because their θ was too old.
  package var dropped: Int
  /// Inner steps done, those of both members of each pair.
  package var innerSteps: Int
  /// Pairs of which a member diverged.
  package var diverged: Int
}
