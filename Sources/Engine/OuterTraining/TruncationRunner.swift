import Randomness
import Threads

/// Runs truncations of antithetic pairs. The object holds the memory for them, and is for one thread.
final class TruncationRunner {
  private let seed: UInt64
  private let outer: OuterSettings
  private let inner: InnerSettings
  private let problems: [any InnerProblem]
  private let estimator: any GradientEstimator
  private let kernels: Kernels
  private var unrolls: [Int: Unroll] = [:]

  init(
    seed: UInt64, outer: OuterSettings, inner: InnerSettings, problems: [any InnerProblem],
    estimator: any GradientEstimator, kernels: Kernels
  ) {
    self.seed = seed
    self.outer = outer
    self.inner = inner
    self.problems = problems
    self.estimator = estimator
    self.kernels = kernels
  }

  private func unroll(_ problem: Int) -> Unroll {
    if let unroll = unrolls[problem] { return unroll }
    let unroll = Unroll(
      problem: problems[problem], architecture: inner.optimizer, batch: inner.batch, counted: CountedLoss(outer),
      kernels: kernels)
    unrolls[problem] = unroll
    return unroll
  }

  /// Returns a worker at the beginning of its next task.
  func begin(_ task: InnerTask, worker: Int, after state: Worker) -> Worker {
    let problem = problems[task.problem]
    var next = Worker()
    next.draws = state.draws + 1
    next.life = inner.life.steps(worker: worker, draw: state.draws, seed: seed, isFirst: state.life == 0)
    next.problem = task.problem
    next.inner = problem.initialParameters(seed: seed, index: UInt64(worker), UInt64(state.draws))
    next.inner += [Float](repeating: 0, count: 2 * inner.optimizer.betas.count * problem.layout.count)
    return next
  }

  /// Runs one truncation of a pair over the same minibatches, a pure function of its arguments.
  /// - Returns: the worker after it and its result; nil where stopped.
  func truncation(
    worker: Int, outerIteration: Int, theta: [Float], state: Worker, images: any BatchSource, stop: StopFlag
  ) -> (Worker, WorkerResult)? {
    let pair = AntitheticPair(estimator: estimator, sigma: outer.sigma, seed: seed, worker: worker)
    var random = pair.stream(.truncationLength, of: state)
    let length = min(
      outer.curriculum.length(outerIteration: outerIteration, random: &random), state.life - state.step)
    let unroll = unroll(state.problem)
    let truncation = pair.truncation(of: state, length: length, theta: theta) { theta, inner in
      unroll.run(
        theta: theta, inner: &inner, firstStep: state.step, length: length, images: images,
        reverse: estimator.needsReverse, stop: stop)
    }
    guard let truncation else { return nil }
    let result = WorkerResult(
      worker: worker, outerIteration: outerIteration, sample: truncation.sample, innerSteps: truncation.innerSteps,
      diverged: truncation.diverged, problem: state.problem)
    return (truncation.next, result)
  }
}
