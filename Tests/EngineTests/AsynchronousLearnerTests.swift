import Foundation
import TestSupport
import Testing

@testable import Engine
@testable import Threads

/// Workers that go on while θ steps (Documentation/method.md#asynchronous-outer-training).
@Suite struct AsynchronousLearnerTests {
  var outer: OuterSettings {
    var settings = OuterSettings.small
    settings.pairs = 6
    settings.curriculum = .init(from: 6, to: 6, over: 1, jitter: 0)
    settings.asynchronous.on = true
    settings.asynchronous.batch = 2
    return settings
  }

  var inner: InnerSettings {
    var settings = InnerSettings.small
    settings.batch = 8
    settings.life = .init(from: 30, to: 30)
    return settings
  }

  func learner(_ outer: OuterSettings, tasks: any TaskDistribution, threads: Int = 2) -> Learner {
    Learner(
      seed: 1, outer: outer, inner: inner, problems: [tinyProblem], tasks: tasks,
      state: LearnerState(theta: inner.optimizer.initialTheta(seed: 1), workers: outer.pairs), threads: threads,
      kernels: .forTests)
  }

  @Test("every step takes a batch of samples; workers take turns; θ is stepped by samples of a θ that is a little old")
  func batches() throws {
    let learner = learner(outer, tasks: SyntheticTasks(shape: tinyProblem.shape))
    defer { learner.endThreads() }
    for iteration in 1...30 {
      let report = try #require(try learner.outerIteration(stop: StopFlag()))
      #expect(report.outerIteration == iteration && report.outerLoss.isFinite)
      #expect(report.innerSteps <= 2 * 2 * 6 && report.dropped == 0)
      #expect(report.staleness >= 0 && report.staleness <= Double(iteration))
    }
    let steps = learner.currentState().workers.map { ($0.draws, $0.step) }
    #expect(steps.allSatisfy { $0.0 >= 1 }, "each of 6 workers had turns among 60 truncations")
  }

  @Test("a worker that is slower by 50 × does not hold up θ; its samples are dropped where they are too old")
  func slowWorker() throws {
    var settings = outer
    settings.asynchronous.staleness = 3
    let learner = learner(
      settings, tasks: SlowTasks(shape: tinyProblem.shape, worker: 1, seconds: 0.02), threads: 2)
    defer { learner.endThreads() }
    var dropped = 0
    var iterations = 0
    while dropped == 0, iterations < 100_000 {
      let report = try #require(try learner.outerIteration(stop: StopFlag()))
      #expect(report.staleness <= 3)
      dropped += report.dropped
      iterations += 1
    }
    // Its truncation of 6 steps twice took a quarter of a second: long enough for others to step θ.
    #expect(dropped > 0 && iterations > 3)
  }

  @Test(
    "a stopped learner returns nothing, keeps the results that were handed in, and ends its threads; then it goes on")
  func stop() throws {
    let learner = learner(outer, tasks: SlowTasks(shape: tinyProblem.shape, worker: 0, seconds: 0.01))
    for _ in 0..<3 { _ = try learner.outerIteration(stop: StopFlag()) }
    let stop = StopFlag()
    stop.set()
    while try learner.outerIteration(stop: stop) != nil {}
    let state = learner.currentState()
    #expect(state == learner.currentState() && state.finished.count < 2)
    #expect(try learner.outerIteration(stop: StopFlag()) != nil)
    learner.endThreads()
  }

  @Test("workers wait while as many batches wait as the buffer allows")
  func buffer() throws {
    var settings = outer
    settings.asynchronous.buffer = 2
    let learner = learner(settings, tasks: SyntheticTasks(shape: tinyProblem.shape))
    defer { learner.endThreads() }
    _ = try learner.outerIteration(stop: StopFlag())
    var waiting = 0
    for _ in 0..<200 where waiting < 4 {
      waiting = learner.currentState().finished.count
      if waiting < 4 { Thread.sleep(forTimeInterval: 0.005) }
    }
    for _ in 0..<20 { Thread.sleep(forTimeInterval: 0.005) }
    // The two threads may have begun one each before the buffer was full.
    #expect((4...5).contains(learner.currentState().finished.count))
  }

  @Test("an error of a task ends the outer-iteration")
  func failure() {
    struct Refused: Error {}
    struct Refusing: TaskDistribution {
      func task(worker: Int, draw: Int) throws -> InnerTask { throw Refused() }
    }
    let learner = learner(outer, tasks: Refusing())
    #expect(throws: Refused.self) { try learner.outerIteration(stop: StopFlag()) }
    learner.endThreads()
  }

  @Test("a state in the middle of asynchronous work goes on synchronously, and the other way round")
  func changeOfMode() throws {
    let first = learner(outer, tasks: SyntheticTasks(shape: tinyProblem.shape))
    for _ in 0..<3 { _ = try first.outerIteration(stop: StopFlag()) }
    first.endThreads()
    var state = first.currentState()
    for isAsynchronous in [false, true] {
      var settings = outer
      settings.asynchronous.on = isAsynchronous
      let next = Learner(
        seed: 1, outer: settings, inner: inner, problems: [tinyProblem],
        tasks: SyntheticTasks(shape: tinyProblem.shape), state: state, threads: 2, kernels: .forTests)
      let report = try #require(try next.outerIteration(stop: StopFlag()))
      #expect(report.outerIteration == state.outerIteration + 1)
      next.endThreads()
      state = next.currentState()
    }
  }
}
