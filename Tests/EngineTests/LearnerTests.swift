import Randomness
import TestSupport
import Testing

@testable import Engine
@testable import Threads

@Suite struct LearnerTests {
  var outer: OuterSettings {
    var settings = OuterSettings.small
    settings.estimator = .combined
    settings.pairs = 6
    settings.sigma = 0.01
    settings.learningRate = 0.01
    settings.average.decay = 0
    settings.curriculum = .init(from: 6, to: 12, over: 20, jitter: 0.2)
    return settings
  }

  var inner: InnerSettings {
    var settings = InnerSettings.small
    settings.batch = 8
    settings.life = .init(from: 10, to: 40)
    return settings
  }

  func learner(
    _ outer: OuterSettings, seed: UInt64 = 1, problem: any InnerProblem = tinyProblem, threads: Int = 2,
    from state: LearnerState? = nil
  ) -> Learner {
    let fresh = LearnerState(theta: inner.optimizer.initialTheta(seed: seed), workers: outer.pairs)
    return Learner(
      seed: seed, outer: outer, inner: inner, problems: [problem], tasks: SyntheticTasks(shape: problem.shape),
      state: state ?? fresh, threads: threads, kernels: .forTests)
  }

  func train(_ learner: Learner, outerIterations: Int) throws -> [OuterIterationReport] {
    try (0..<outerIterations).map { _ in try #require(try learner.outerIteration(stop: StopFlag())) }
  }

  @Test("outer-training gives the same bits on 1, 2 and 5 threads", arguments: OuterSettings.Estimator.allCases)
  func threads(estimator: OuterSettings.Estimator) throws {
    var settings = outer
    settings.estimator = estimator
    let states = try [1, 2, 5].map { threads in
      let learner = learner(settings, threads: threads)
      _ = try train(learner, outerIterations: 5)
      return learner.currentState()
    }
    #expect(states[0] == states[1])
    #expect(states[0] == states[2])
    #expect(states[0].theta != learner(settings).currentState().theta)
  }

  @Test(
    "outer-training on convolutions gives the same bits on 1 and 2 threads, by both algorithms",
    arguments: ["tiny", "conv3x16@9"], [OuterSettings.Estimator.combined, .pes])
  func convolutionThreads(problem: String, estimator: OuterSettings.Estimator) throws {
    var settings = outer
    settings.estimator = estimator
    let problem = try problem == "tiny" ? tinyConvNet : InnerProblems.named(problem)
    let states = try [1, 2].map { threads in
      let learner = learner(settings, problem: problem, threads: threads)
      _ = try train(learner, outerIterations: 3)
      return learner.currentState()
    }
    #expect(states[0] == states[1])
  }

  @Test("a run stopped at any moment and resumed is the uninterrupted one, bit for bit")
  func resume() throws {
    let whole = learner(outer)
    let reports = try train(whole, outerIterations: 4)
    var state = learner(outer).currentState()
    var resumed: [OuterIterationReport] = []
    var interruptions = 0
    while resumed.count < 4 {
      let part = learner(outer, from: state)
      let stop = StopFlag()
      // The stop falls into the outer-iteration: after so many batches of inner steps have been drawn.
      let counting = StoppingTasks(shape: tinyProblem.shape, stop: stop, after: 3 + interruptions % 7)
      let interrupted = Learner(
        seed: part.seed, outer: outer, inner: inner, problems: [tinyProblem], tasks: counting, state: state, threads: 1,
        kernels: .forTests)
      if let report = try interrupted.outerIteration(stop: stop) { resumed.append(report) } else { interruptions += 1 }
      state = interrupted.currentState()
    }
    #expect(interruptions >= 4)
    #expect(state == whole.currentState())
    #expect(resumed == reports)
  }

  @Test(
    "a pair whose member diverges counts the clip for the rest, and draws a new task", arguments: [Float(1e30), .nan])
  func divergence(scale: Float) throws {
    var settings = outer
    settings.estimator = .combined
    let state = LearnerState(theta: inner.optimizer.initialTheta(seed: 1).map { $0 * scale }, workers: settings.pairs)
    let learner = learner(settings, from: state)
    let report = try #require(try learner.outerIteration(stop: StopFlag()))
    #expect(report.diverged == settings.pairs && report.pairs == settings.pairs && report.isLost)
    #expect(report.outerLoss <= 10 && report.outerLoss > 8)
    #expect(learner.currentState().workers.allSatisfy { $0.step == $0.life })
    _ = try learner.outerIteration(stop: StopFlag())
    #expect(learner.currentState().workers.allSatisfy { $0.draws == 2 })
  }

  @Test("a task whose loss is NaN from the first step counts the clip, moves θ by nothing that is not finite, and ends")
  func poisonedTask() throws {
    for estimator in OuterSettings.Estimator.allCases {
      var settings = outer
      settings.estimator = estimator
      let learner = Learner(
        seed: 1, outer: settings, inner: inner, problems: [tinyProblem],
        tasks: PoisonedTasks(shape: tinyProblem.shape, worker: 2),
        state: LearnerState(theta: inner.optimizer.initialTheta(seed: 1), workers: settings.pairs), threads: 2,
        kernels: .forTests)
      let reports = try train(learner, outerIterations: 5)
      #expect(reports.allSatisfy { $0.diverged == 1 && $0.outerLoss.isFinite && $0.outerLoss > 10.0 / 6 })
      #expect(reports.allSatisfy { $0.gradientNorm.isFinite && $0.pairs == settings.pairs && !$0.isLost })
      let state = learner.currentState()
      #expect(state.theta.allSatisfy { $0.isFinite })
      #expect(state.workers[2].draws == 5 && state.workers[0].draws < 5)
    }
  }

  @Test(
    "a θ at the edge of divergence, where some pairs diverge and others do not, stays finite in every outer-iteration")
  func edgeOfDivergence() throws {
    // The update grows with θ: look for the scale at which some tasks diverge.
    for scale in [3e2, 1e3, 3e3, 1e4, 3e4] as [Float] {
      var settings = outer
      settings.learningRate = Double(scale) / 100
      let theta = inner.optimizer.initialTheta(seed: 1).map { $0 * scale }
      let learner = learner(settings, from: LearnerState(theta: theta, workers: settings.pairs))
      for report in try train(learner, outerIterations: 10) {
        #expect(report.outerLoss.isFinite && report.gradientNorm.isFinite && report.outerLoss <= 10)
      }
      #expect(learner.currentState().theta.allSatisfy { $0.isFinite })
    }
  }

  @Test("a task that is slower by far changes nothing in θ")
  func slowTask() throws {
    let states = try [false, true].map { isSlow in
      let learner = Learner(
        seed: 1, outer: outer, inner: inner, problems: [tinyProblem],
        tasks: SlowTasks(shape: tinyProblem.shape, worker: isSlow ? 1 : -1, seconds: 0.002),
        state: LearnerState(theta: inner.optimizer.initialTheta(seed: 1), workers: outer.pairs), threads: 2,
        kernels: .forTests)
      _ = try train(learner, outerIterations: 3)
      return learner.currentState()
    }
    #expect(states[0] == states[1])
  }

  @Test("no number that is not finite reaches θ", arguments: OuterSettings.Estimator.allCases)
  func neverNaN(estimator: OuterSettings.Estimator) throws {
    var settings = outer
    settings.estimator = estimator
    let state = LearnerState(theta: inner.optimizer.initialTheta(seed: 1).map { $0 * 1e4 }, workers: settings.pairs)
    let learner = learner(settings, from: state)
    _ = try train(learner, outerIterations: 6)
    #expect(learner.currentState().theta.allSatisfy { $0.isFinite })
  }

  @Test("outer-training works as training: over 5 seeds the outer-loss falls")
  func learns() throws {
    var settings = outer
    settings.pairs = 8
    settings.curriculum = .init(from: 20, to: 20, over: 1, jitter: 0.2)
    var tasks = inner
    tasks.life = .init(from: 100, to: 100)
    var first = 0.0
    var last = 0.0
    for seed in 0..<5 as Range<UInt64> {
      let learner = Learner(
        seed: seed, outer: settings, inner: tasks, problems: [tinyProblem],
        tasks: SyntheticTasks(shape: tinyProblem.shape),
        state: LearnerState(theta: tasks.optimizer.initialTheta(seed: seed), workers: settings.pairs), threads: 2,
        kernels: .forTests)
      let reports = try train(learner, outerIterations: 60)
      first += reports.prefix(10).reduce(0) { $0 + $1.outerLoss } / 10
      last += reports.suffix(10).reduce(0) { $0 + $1.outerLoss } / 10
    }
    // Measured: from 2.29 to 1.97, a factor of 0.86.
    #expect(last < 0.92 * first, "from \(first / 5) to \(last / 5)")
  }

  @Test("the curriculum grows linearly and stays; lengths are within the jitter; a truncation ends with its task")
  func curriculum() throws {
    let curriculum = OuterSettings.Curriculum(from: 50, to: 10_000, over: 5_000, jitter: 0.2)
    #expect(curriculum.length(outerIteration: 0) == 50)
    #expect(curriculum.length(outerIteration: 2_500) == 5_025)
    #expect(curriculum.length(outerIteration: 9_999) == 10_000)
    var random = RandomStream(seed: 1, purpose: .truncationLength)
    let lengths = (0..<1_000).map { _ in curriculum.length(outerIteration: 5_000, random: &random) }
    #expect(lengths.allSatisfy { (8_000...12_000).contains($0) })
    #expect(Set(lengths).count > 800)
    let learner = learner(outer)
    for _ in 0..<8 {
      _ = try learner.outerIteration(stop: StopFlag())
      #expect(
        learner.currentState().workers.allSatisfy {
          $0.step <= $0.life && $0.life >= ($0.draws == 1 ? 1 : 10) && $0.life <= 40
        })
    }
  }

  @Test("the life of a task is log-uniform")
  func life() {
    let life = InnerSettings.Life(from: 50, to: 500)
    let lives = (0..<4_000).map { life.steps(worker: $0, draw: 3, seed: 2, isFirst: false) }
    #expect(lives.allSatisfy { (50...500).contains($0) })
    // Half of them below the geometric mean.
    #expect(abs(lives.count { $0 < 158 } - 2_000) < 150)
  }

  @Test("a worker's first task lives for a random share of its life: workers do not begin and end tasks at once")
  func staggered() {
    let life = InnerSettings.Life(from: 1_000, to: 1_000)
    let lives = (0..<1_000).map { life.steps(worker: $0, draw: 0, seed: 2, isFirst: true) }
    #expect(lives.allSatisfy { (1...1_000).contains($0) })
    #expect(abs(lives.reduce(0, +) / 1_000 - 500) < 40)
    #expect((0..<10).allSatisfy { life.steps(worker: $0, draw: 1, seed: 2, isFirst: false) == 1_000 })
  }

  @Test("the outer learning rate falls geometrically to its share, and stays there")
  func decay() throws {
    var settings = outer
    settings.learningRate = 0.01
    settings.decay = .init(to: 0.01, over: 4)
    let reports = try train(learner(settings), outerIterations: 6)
    for (report, expected) in zip(reports, [1e-2, 3.1623e-3, 1e-3, 3.1623e-4, 1e-4, 1e-4]) {
      #expect(abs(report.learningRate / expected - 1) < 1e-4)
    }
  }

  @Test("the average begins where θ is and follows it; switched off it is removed")
  func average() throws {
    var settings = outer
    settings.average.decay = 0.75
    let learner = learner(settings)
    var expected: [Float] = []
    for _ in 0..<3 {
      _ = try learner.outerIteration(stop: StopFlag())
      let theta = learner.currentState().theta
      expected = expected.isEmpty ? theta : zip(expected, theta).map { 0.75 * $0 + 0.25 * $1 }
      expectClose(learner.currentState().average, expected.map { Double($0) }, "after \(theta[0])")
    }
    let off = self.learner(outer, from: learner.currentState())
    _ = try off.outerIteration(stop: StopFlag())
    #expect(off.currentState().average.isEmpty)
  }
}

/// Sets the flag while a task is being drawn, so that the stop falls in the middle of an outer-iteration.
private struct StoppingTasks: TaskDistribution {
  let inner: SyntheticTasks
  let stop: StopFlag
  let counter: Counter

  final class Counter: @unchecked Sendable {
    var left: Int
    init(_ left: Int) { self.left = left }
  }

  init(shape: ImageShape, stop: StopFlag, after: Int) {
    inner = SyntheticTasks(shape: shape)
    self.stop = stop
    counter = Counter(after)
  }

  func task(worker: Int, draw: Int) throws -> InnerTask {
    counter.left -= 1
    if counter.left == 0 { stop.set() }
    return try inner.task(worker: worker, draw: draw)
  }
}
