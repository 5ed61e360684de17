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
  private var unrolls: [Size: Unroll] = [:]

  /// A problem, and the images of a minibatch of it: what an unroll has memory for.
  private struct Size: Hashable {
    var problem: Int
    var batch: Int
  }

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

  private func unroll(_ task: InnerTask) -> Unroll {
    let size = Size(problem: task.problem, batch: task.batch ?? inner.batch)
    if let unroll = unrolls[size] { return unroll }
    let unroll = Unroll(
      problem: problems[size.problem], architecture: inner.optimizer, batch: size.batch, counted: CountedLoss(outer),
      lossClip: inner.lossClip, kernels: kernels)
    unrolls[size] = unroll
    return unroll
  }

  /// Returns the lives of tasks of a task's kind.
  private func life(_ task: InnerTask) -> InnerSettings.Life {
    var life = inner.life
    if let own = task.life { (life.from, life.to) = (own.lowerBound, own.upperBound) }
    return life
  }

  /// Returns a worker at the beginning of its next task.
  func begin(_ task: InnerTask, worker: Int, after state: Worker) -> Worker {
    let problem = problems[task.problem]
    var next = Worker()
    next.draws = state.draws + 1
    next.life = life(task).steps(worker: worker, draw: state.draws, seed: seed, isFirst: state.life == 0)
    next.problem = task.problem
    next.inner = problem.initialParameters(seed: seed, index: UInt64(worker), UInt64(state.draws))
    next.inner += [Float](repeating: 0, count: 2 * inner.optimizer.betas.count * problem.layout.count)
    return next
  }

  /// Runs one truncation of a pair over the same minibatches, a pure function of its arguments.
  /// - Returns: the worker after it and its result; nil where stopped.
  func truncation(
    worker: Int, outerIteration: Int, theta: [Float], state: Worker, task: InnerTask, stop: StopFlag
  ) -> (Worker, WorkerResult)? {
    let pair = AntitheticPair(
      estimator: estimator, sigma: outer.sigma, seed: seed, worker: worker,
      divergedLoss: outer.countDivergenceToEnd ? outer.lossClip : nil)
    var random = pair.stream(.truncationLength, of: state)
    let length = min(
      outer.curriculum.length(outerIteration: outerIteration, random: &random), state.life - state.step)
    let unroll = unroll(task)
    let weight =
      outer.weight(length: length, outerIteration: outerIteration)
      * life(task).weight(firstStep: state.step, length: length) / task.reference
    let truncation = pair.truncation(of: state, length: length, weight: weight, theta: theta) { theta, inner in
      unroll.run(
        theta: theta, inner: &inner, firstStep: state.step, length: length, images: task.images,
        reverse: estimator.needsReverse, stop: stop)
    }
    guard let truncation else { return nil }
    let result = WorkerResult(
      worker: worker, outerIteration: outerIteration, sample: truncation.sample, innerSteps: truncation.innerSteps,
      diverged: truncation.diverged, problem: state.problem)
    return (truncation.next, result)
  }
}
