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
  /// The problem that was trained, by its position among the learner's.
  package var problem: Int

  /// Makes a result.
  package init(
    worker: Int, outerIteration: Int, sample: OuterGradientSample, innerSteps: Int, diverged: Bool, problem: Int = 0
  ) {
    self.worker = worker
    self.outerIteration = outerIteration
    self.sample = sample
    self.innerSteps = innerSteps
    self.diverged = diverged
    self.problem = problem
  }
}
