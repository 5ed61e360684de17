import Randomness

/// A task as the learner gets it.
public struct AssignedTask: Sendable {
  /// The problem's number among the learner's.
  public var problem: Int
  public var images: any TaskImages

  public init(problem: Int, images: any TaskImages) {
    self.problem = problem
    self.images = images
  }
}

/// Where tasks come from.
public protocol TaskSource: Sendable {
  /// The `draw`-th task of a worker: a pure function of the two.
  func task(worker: Int, draw: Int) throws -> AssignedTask
}

/// Runs truncations of antithetic pairs: the working memory of one thread.
final class Worker {
  private let seed: UInt64
  private let outer: OuterSettings
  private let inner: InnerSettings
  private let problems: [any InnerProblem]
  private let needsReverse: Bool
  private var unrolls: [Int: Unroll] = [:]

  init(
    seed: UInt64, outer: OuterSettings, inner: InnerSettings, problems: [any InnerProblem], needsReverse: Bool
  ) {
    self.seed = seed
    self.outer = outer
    self.inner = inner
    self.problems = problems
    self.needsReverse = needsReverse
  }

  private func unroll(_ problem: Int) -> Unroll {
    if let unroll = unrolls[problem] { return unroll }
    let unroll = Unroll(
      problem: problems[problem], architecture: inner.optimizer, batch: inner.batch, counted: CountedLoss(outer))
    unrolls[problem] = unroll
    return unroll
  }

  /// A worker that has drawn its next task.
  func begin(_ task: AssignedTask, worker: Int, after state: WorkerState) -> WorkerState {
    let problem = problems[task.problem]
    var next = WorkerState()
    next.draws = state.draws + 1
    next.life = inner.life.steps(worker: worker, draw: state.draws, seed: seed)
    next.problem = task.problem
    next.inner = problem.initialParameters(seed: seed, index: UInt64(worker), UInt64(state.draws))
    next.inner += [Float](repeating: 0, count: 2 * inner.optimizer.betas.count * problem.layout.count)
    return next
  }

  /// One truncation of a pair: both members from the same state over the same minibatches; the worker goes on from
  /// where the + member came. Nil where stopped.
  func truncation(
    worker: Int, outerIteration: Int, theta: [Float], state: WorkerState, images: any TaskImages, stop: StopFlag
  ) -> (WorkerState, WorkerResult)? {
    let length = min(
      outer.curriculum.length(outerIteration: outerIteration, worker: worker, seed: seed), state.life - state.step)
    var random = RandomStream(seed: seed, purpose: .perturbation, UInt64(outerIteration), UInt64(worker))
    let perturbation = random.normals(theta.count).map { $0 * outer.sigma }
    let unroll = unroll(state.problem)
    var next = state
    var other = state.inner
    func run(_ theta: [Float], _ inner: inout [Float]) -> Unroll.Result? {
      unroll.run(
        theta: theta, inner: &inner, firstStep: state.step, length: length, images: images, reverse: needsReverse,
        stop: stop)
    }
    guard let plus = run(zip(theta, perturbation).map { $0 + $1 }, &next.inner),
      let minus = run(zip(theta, perturbation).map { $0 - $1 }, &other)
    else { return nil }
    let sample = OuterGradientSample(
      lossPlus: plus.outerLoss, lossMinus: minus.outerLoss,
      reparameterization: zip(plus.gradient, minus.gradient).map { ($0 + $1) / 2 }, perturbation: perturbation,
      sigma: outer.sigma)
    next.step += length
    if plus.diverged || minus.diverged { next.step = next.life }
    let result = WorkerResult(
      sample: sample, innerSteps: plus.steps + minus.steps, diverged: plus.diverged || minus.diverged)
    return (next, result)
  }
}
