/// The result that a worker hands in after a truncation.
package struct WorkerResult: Sendable, Equatable {
  /// The worker's number.
  package var worker: Int
  /// The number of outer-iterations behind the θ that it used.
  package var outerIteration: Int
  /// The truncation's sample of the outer-gradient.
  package var sample: OuterGradientSample
  /// The number of inner steps done, counting both members.
  package var innerSteps: Int
  /// Whether a member of the pair diverged.
  package var diverged: Bool

  /// Makes a result.
  package init(worker: Int, outerIteration: Int, sample: OuterGradientSample, innerSteps: Int, diverged: Bool) {
    self.worker = worker
    self.outerIteration = outerIteration
    self.sample = sample
    self.innerSteps = innerSteps
    self.diverged = diverged
  }
}
