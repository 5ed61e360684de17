import TestSupport
import Testing

@testable import Engine
@testable import Threads

/// The outer-loss of each problem in an outer-iteration.
@Suite struct ProblemLossTests {
  /// Tasks of two problems, by turns, and never of the third.
  private struct MixedTasks: TaskDistribution {
    func task(worker: Int, draw: Int) throws -> InnerTask {
      var task = try SyntheticTasks(shape: tinyProblem.shape).task(worker: worker, draw: draw)
      task.problem = (worker + draw) % 2
      return task
    }
  }

  @Test("an outer-iteration tells the mean over the samples of each problem, and nil of one that has none")
  func losses() throws {
    var outer = OuterSettings.small
    outer.pairs = 5
    outer.curriculum = .init(from: 4, to: 4, over: 1)
    var inner = InnerSettings.small
    inner.batch = 8
    inner.life = .init(from: 4, to: 12)
    let other = MLP(name: "other", shape: tinyProblem.shape, hidden: [4])
    let learner = Learner(
      seed: 1, outer: outer, inner: inner, problems: [tinyProblem, other, tinyProblem], tasks: MixedTasks(),
      state: LearnerState(theta: inner.optimizer.initialTheta(seed: 1), workers: outer.pairs), threads: 2,
      kernels: .forTests)
    for _ in 0..<6 {
      let report = try #require(try learner.outerIteration(stop: StopFlag()))
      // The workers still have the tasks that this outer-iteration trained.
      let counts = [0, 1].map { problem in learner.currentState().workers.count { $0.problem == problem } }
      #expect(report.problemLosses.count == 3 && report.problemLosses[2] == nil)
      let sum = zip(report.problemLosses, counts).reduce(0) { $0 + ($1.0 ?? 0) * Double($1.1) }
      #expect(abs(sum / Double(outer.pairs) - report.outerLoss) < 1e-12)
      #expect(zip(report.problemLosses, counts).allSatisfy { ($0 == nil) == ($1 == 0) })
    }
  }
}
