/// The report of an outer-iteration.
package struct OuterIterationReport: Sendable, Equatable {
  /// The number of outer-iterations done, this one included.
  package var outerIteration: Int
  /// The mean of L(θ + ε) and L(θ − ε) over all samples.
  package var outerLoss: Double
  /// The same over the samples of each problem, in the order of the learner's problems; nil where no sample was of it.
  package var problemLosses: [Double?] = []
  /// The norm of the estimated outer-gradient, before it was clipped; coordinates that are not finite count as 0.
  package var gradientNorm: Double
  /// The variance of the samples.
  package var variance: OuterGradientVariance
  /// The mean length K of a truncation by the curriculum, in inner steps.
  package var length: Double
  /// The learning rate of the step on θ.
  package var learningRate: Double
  /// The mean number of outer-iterations between the θ that a sample used and the θ that was stepped; 0 in synchronous
  /// outer-training.
  package var staleness: Double
  /// The number of samples that were dropped since the step before, because their θ was too old.
  package var dropped: Int
  /// The number of inner steps done, counting both members of each pair.
  package var innerSteps: Int
  /// The number of pairs whose samples made the outer-gradient.
  package var pairs: Int
  /// The number of these pairs of which a member diverged.
  package var diverged: Int

  /// Whether the samples said nothing of where θ should go: every pair diverged, or the outer-gradient is 0 or beyond
  /// every number.
  package var isLost: Bool { diverged == pairs || !(gradientNorm > 0 && gradientNorm.isFinite) }
}
