import Synchronization

/// What an outer-iteration did.
public struct OuterIterationReport: Sendable, Equatable {
  /// Outer-iterations done, this one included.
  public var outerIteration: Int
  /// The mean of L(θ + ε) and L(θ − ε) over all pairs.
  public var outerLoss: Double
  /// The norm of the estimated outer-gradient, before it was clipped.
  public var gradientNorm: Double
  /// K of the curriculum.
  public var length: Double
  /// Inner steps done, those of both members of each pair.
  public var innerSteps: Int
  /// Pairs of which a member diverged.
  public var diverged: Int
}

/// Outer-training (method, section 3), synchronous: in each outer-iteration every worker runs one truncation of its
/// antithetic pair at the same θ; the samples, taken in the order of the workers, give the outer-gradient for one step
/// of Adam. So θ does not depend on the number of threads.
public final class Learner: Sendable {
  public let seed: UInt64
  public let outer: OuterSettings
  public let inner: InnerSettings
  public let problems: [any InnerProblem]
  private let tasks: any TaskSource
  private let estimator: any GradientEstimator
  private let threads: [ThreadMemory]

  /// Between truncations only: what is in it can be written to a file at any moment.
  private let state: Mutex<LearnerState>

  /// Used by one thread at a time.
  private final class ThreadMemory: @unchecked Sendable {
    let worker: Worker
    init(_ worker: Worker) { self.worker = worker }
  }

  public init(
    seed: UInt64, outer: OuterSettings, inner: InnerSettings, problems: [any InnerProblem], tasks: any TaskSource,
    state: LearnerState, threads: Int
  ) {
    let estimator = outer.estimator.make(varianceFloor: outer.varianceFloor)
    precondition(state.workers.count == outer.pairs && outer.pairs >= estimator.fewestPairs)
    precondition(state.theta.count == inner.optimizer.layout.count)
    self.seed = seed
    self.outer = outer
    self.inner = inner
    self.problems = problems
    self.tasks = tasks
    self.estimator = estimator
    self.state = Mutex(state)
    self.threads = (0..<threads).map { _ in
      ThreadMemory(
        Worker(seed: seed, outer: outer, inner: inner, problems: problems, needsReverse: estimator.needsReverse))
    }
  }

  /// The state as it is now, in the middle of an outer-iteration too; from any thread.
  public func currentState() -> LearnerState { state.withLock { $0 } }

  /// Runs the rest of the outer-iteration under way. Nil where stopped before its end: nothing is lost but the
  /// truncations that were running.
  public func outerIteration(stop: StopFlag) throws -> OuterIterationReport? {
    let (theta, iteration, pending) = state.withLock { state in
      (state.theta, state.outerIteration, state.workers.indices.filter { state.finished[$0] == nil })
    }
    let failure = Mutex<(any Error)?>(nil)
    Threads.forEach(pending.count, threads: threads.count) { [self] thread, index in
      guard !stop.isSet, failure.withLock({ $0 == nil }) else { return }
      do {
        try runWorker(pending[index], on: threads[thread], theta: theta, outerIteration: iteration, stop: stop)
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return state.withLock { $0.finished.count < $0.workers.count ? nil : step(&$0) }
  }

  private func runWorker(
    _ worker: Int, on memory: ThreadMemory, theta: [Float], outerIteration: Int, stop: StopFlag
  ) throws {
    var current = state.withLock { $0.workers[worker] }
    let isNew = current.step >= current.life
    let draw = isNew ? current.draws : current.draws - 1
    let task = try tasks.task(worker: worker, draw: draw)
    if isNew { current = memory.worker.begin(task, worker: worker, after: current) }
    guard
      let (next, result) = memory.worker.truncation(
        worker: worker, outerIteration: outerIteration, theta: theta, state: current, images: task.images, stop: stop)
    else { return }
    state.withLock {
      $0.workers[worker] = next
      $0.finished[worker] = result
    }
  }

  /// One step of θ from the samples of all workers.
  private func step(_ state: inout LearnerState) -> OuterIterationReport {
    let results = state.workers.indices.compactMap { state.finished[$0] }
    var gradient = estimator.estimate(results.map(\.sample))
    let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    outer.clip.apply(&gradient)
    let length = outer.curriculum.length(outerIteration: state.outerIteration)
    state.adam.update(&state.theta, gradient: gradient, settings: outer)
    state.outerIteration += 1
    state.finished = [:]
    return OuterIterationReport(
      outerIteration: state.outerIteration,
      outerLoss: results.reduce(0) { $0 + ($1.sample.lossPlus + $1.sample.lossMinus) / 2 } / Double(results.count),
      gradientNorm: norm, length: length, innerSteps: results.reduce(0) { $0 + $1.innerSteps },
      diverged: results.count { $0.diverged })
  }
}

extension OuterSettings.Clip {
  /// Scales the gradient down to norm `at`, or holds every coordinate in −`at` … `at`.
  func apply(_ gradient: inout [Double]) {
    switch by {
    case .value:
      for i in gradient.indices { gradient[i] = min(max(gradient[i], -at), at) }
    case .norm:
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > at else { return }
      for i in gradient.indices { gradient[i] *= at / norm }
    }
  }
}
