/// What a worker hands in after a truncation.
package struct WorkerResult: Sendable, Equatable {
  package var worker: Int
  /// Outer-iterations that the θ which it used had behind it.
  package var outerIteration: Int
  package var sample: OuterGradientSample
  /// Inner steps done, those of both members.
  package var innerSteps: Int
  /// Whether a member of the pair diverged.
  package var diverged: Bool

  package init(worker: Int, outerIteration: Int, sample: OuterGradientSample, innerSteps: Int, diverged: Bool) {
    self.worker = worker
    self.outerIteration = outerIteration
    self.sample = sample
    self.innerSteps = innerSteps
    self.diverged = diverged
  }
}
