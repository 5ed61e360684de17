import Synchronization
package import Threads

/// Outer-training: workers run truncations of antithetic pairs, and their samples give the outer-gradient for a step of
/// Adam on θ (Documentation/method.md#outer-iterations).
///
/// In a synchronous iteration every worker runs one truncation at the same θ, and samples are taken in the order of the
/// workers, so that θ does not depend on the number of threads. In an asynchronous one, threads go on while θ steps
/// (`TruncationThreads`).
package final class Learner: Sendable {
  /// The seed of all that is drawn.
  package let seed: UInt64
  /// The settings of outer-training.
  package let outer: OuterSettings
  /// The settings of the inner problems.
  package let inner: InnerSettings
  /// The inner problems, which tasks name by their positions.
  package let problems: [any InnerProblem]
  /// The kernels that every thread computes with.
  package let kernels: Kernels
  private let tasks: any TaskDistribution
  private let estimator: any GradientEstimator
  private let threads: [ThreadMemory]
  private let asynchronous = Mutex<TruncationThreads?>(nil)

  /// The state between truncations, which can be written to a file at any moment.
  private let state: Mutex<LearnerState>

  /// The memory of one thread, used by one thread at a time.
  private final class ThreadMemory: @unchecked Sendable {
    let runner: TruncationRunner
    init(_ runner: TruncationRunner) { self.runner = runner }
  }

  /// Makes a learner that goes on from a state.
  /// - Parameters:
  ///   - tasks: the distribution that tasks are drawn from.
  ///   - state: has as many workers as the settings have pairs.
  ///   - threads: the number of threads that compute.
  package init(
    seed: UInt64, outer: OuterSettings, inner: InnerSettings, problems: [any InnerProblem], tasks: any TaskDistribution,
    state: LearnerState, threads: Int, kernels: Kernels
  ) {
    let estimator = outer.estimator.make(varianceFloor: outer.varianceFloor)
    precondition(state.workers.count == outer.pairs && outer.samples >= estimator.fewestPairs)
    precondition(state.theta.count == inner.optimizer.layout.count)
    self.seed = seed
    self.outer = outer
    self.inner = inner
    self.problems = problems
    self.kernels = kernels
    self.tasks = tasks
    self.estimator = estimator
    self.state = Mutex(state)
    self.threads = (0..<threads).map { _ in
      ThreadMemory(
        TruncationRunner(
          seed: seed, outer: outer, inner: inner, problems: problems, estimator: estimator, kernels: kernels))
    }
  }

  /// Returns the state as it is now, in the middle of an outer-iteration too. Any thread may ask.
  package func currentState() -> LearnerState { state.withLock { $0 } }

  /// Runs the rest of the outer-iteration under way; one thread at a time may call it.
  /// - Returns: nil where stopped before its end; then only the truncations that were running are lost.
  /// - Throws: an error of the task distribution.
  package func outerIteration(stop: StopFlag) throws -> OuterIterationReport? {
    outer.asynchronous.on ? try asynchronousIteration(stop: stop) : try synchronousIteration(stop: stop)
  }

  /// Ends the threads that an asynchronous learner keeps. The truncations that they abandon are done again if it goes
  /// on.
  package func endThreads() {
    asynchronous.withLock { threads in
      threads?.end()
      threads = nil
    }
  }

  private func synchronousIteration(stop: StopFlag) throws -> OuterIterationReport? {
    let pending = state.withLock { state in
      let done = Set(state.finished.map(\.worker))
      return state.workers.indices.filter { !done.contains($0) }
    }
    try Threads.forEach(pending.count, threads: threads.count) { [self] thread, index in
      guard !stop.isSet else { return }
      _ = try truncation(of: pending[index], on: thread, stop: stop)
    }
    return state.withLock { state in
      // Workers that were asynchronous may have handed in several.
      guard Set(state.finished.map(\.worker)).count == state.workers.count else { return nil }
      let results = state.finished.sorted { $0.worker < $1.worker }
      state.finished = []
      return step(&state, results, dropped: 0)
    }
  }

  private func asynchronousIteration(stop: StopFlag) throws -> OuterIterationReport? {
    let threads = asynchronous.withLock { threads in
      if let threads { return threads }
      let new = TruncationThreads(
        workers: outer.pairs, threads: self.threads.count,
        isFull: { [self] in state.withLock { $0.finished.count >= outer.samples * outer.asynchronous.buffer } },
        body: { [self] worker, thread, stop in try truncation(of: worker, on: thread, stop: stop) })
      threads = new
      return new
    }
    var dropped = 0
    while true {
      let report = state.withLock { state -> OuterIterationReport? in
        dropped += dropStale(&state)
        guard state.finished.count >= outer.samples else { return nil }
        let results = Array(state.finished.prefix(outer.samples))
        state.finished.removeFirst(outer.samples)
        return step(&state, results, dropped: dropped)
      }
      if let report {
        threads.roomWasMade()
        return report
      }
      if stop.isSet {
        endThreads()
        return nil
      }
      try threads.waitForResult()
    }
  }

  /// Drops the results that wait with a θ that is too old, and returns how many.
  private func dropStale(_ state: inout LearnerState) -> Int {
    guard outer.asynchronous.staleness > 0 else { return 0 }
    let count = state.finished.count
    let oldest = state.outerIteration - outer.asynchronous.staleness
    state.finished.removeAll { $0.outerIteration < oldest }
    return count - state.finished.count
  }

  /// Runs a worker's next truncation at the newest θ; returns false where stopped.
  private func truncation(of worker: Int, on thread: Int, stop: StopFlag) throws -> Bool {
    var (theta, outerIteration, current) = state.withLock { ($0.theta, $0.outerIteration, $0.workers[worker]) }
    let runner = threads[thread].runner
    let isNew = current.step >= current.life
    let task = try tasks.task(worker: worker, draw: isNew ? current.draws : current.draws - 1)
    if isNew { current = runner.begin(task, worker: worker, after: current) }
    guard
      let (next, result) = runner.truncation(
        worker: worker, outerIteration: outerIteration, theta: theta, state: current, task: task, stop: stop)
    else { return false }
    state.withLock {
      $0.workers[worker] = next
      $0.finished.append(result)
    }
    return true
  }

  /// Does one step of θ by samples, and reports the outer-iteration.
  private func step(_ state: inout LearnerState, _ results: [WorkerResult], dropped: Int) -> OuterIterationReport {
    let samples = results.map(\.sample)
    // In the norm, a coordinate that is not finite would pass on to all others.
    var gradient = estimator.estimate(samples).map { $0.isFinite ? $0 : 0 }
    let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    outer.clip.apply(&gradient)
    let outerIteration = state.outerIteration
    let rate = outer.learningRate(outerIteration: outerIteration)
    state.adam.update(&state.theta, gradient: gradient, learningRate: rate, settings: outer)
    outer.average.update(&state.average, with: state.theta)
    state.outerIteration += 1
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let losses = problems.indices.map { problem in results.filter { $0.problem == problem }.map(\.sample.loss) }
    return OuterIterationReport(
      outerIteration: state.outerIteration, outerLoss: mean(samples.map(\.loss)),
      problemLosses: losses.map { $0.isEmpty ? nil : mean($0) }, gradientNorm: norm,
      variance: OuterGradientVariance(samples, varianceFloor: outer.varianceFloor),
      length: outer.curriculum.length(outerIteration: outerIteration), learningRate: rate,
      staleness: mean(results.map { Double(outerIteration - $0.outerIteration) }), dropped: dropped,
      innerSteps: results.reduce(0) { $0 + $1.innerSteps }, pairs: results.count,
      diverged: results.count { $0.diverged })
  }
}
