import Engine
import Foundation
import Shards
import Snapshots
import Tasks
import TestSupport
import Testing

@testable import Evaluation

/// The learned optimizer's step scale, schedules, and the choice of baselines.
@Suite struct PaceTests {
  private func plan(
    stepScale: Float? = nil, tunesLearned: Bool? = nil, schedule: ScheduleChoice? = nil,
    baselines: [Contender.Kind]? = [.adam], grid: Int? = 3, trials: Int? = nil, screen: Int? = nil
  ) -> EvaluationPlan {
    EvaluationPlan(
      problem: "mlp2x32", split: .train, tasks: 2, initialisations: 2, steps: 20, batch: 8, seed: 3, tunedFor: .train,
      trials: trials, screen: screen, grid: grid, stepScale: stepScale, tunesLearned: tunesLearned, schedule: schedule,
      baselines: baselines)
  }

  private func names(_ results: [EvaluationResult]) -> [String] {
    results.map { "\($0.optimizer) \($0.schedule.rawValue)" }
  }

  @Test("a step scale of 4 is the learned optimizer with four times the λ₁, to the bit")
  func scale() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      var fourfold = Snapshot.small()
      fourfold.metadata.lambda1 *= 4
      let scaled = try Evaluation.small(plan(stepScale: 4), data).run()
      let expected = try Evaluation.small(plan(), data, fourfold).run()
      #expect(scaled[0].trainLoss == expected[0].trainLoss && scaled[0].validationLoss == expected[0].validationLoss)
      #expect(scaled[0].trainLoss != (try Evaluation.small(plan(), data).run())[0].trainLoss)
      #expect(scaled.map(\.stepScale) == [4, nil] && expected.map(\.stepScale) == [1, nil])
      #expect(scaled[1].trainLoss == expected[1].trainLoss)
    }
  }

  @Test(
    "learned-tuned is the learned optimizer at the best of as many scales as a baseline has rates, and wherever the grid grew"
  )
  func tuned() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let results = try Evaluation.small(plan(tunesLearned: true), data).run()
      #expect(results.map(\.optimizer) == ["learned", "learned-tuned", "adam"])
      #expect(results[0].stepScale == 1)
      #expect(results[0].trainLoss == (try Evaluation.small(plan(), data).run())[0].trainLoss)
      let scale = try #require(results[1].stepScale)
      func loss(_ scale: Float) throws -> Double {
        try Evaluation.small(plan(stepScale: scale), data).run()[0].trainLoss
      }
      let (below, best, above) = (try loss(scale / 2), try loss(scale), try loss(scale * 2))
      #expect(best == results[1].trainLoss && best <= below && best <= above)
      // The optimizer of the test is slow: the best scale lies beyond the three with which the grid begins.
      #expect(scale > 2 && best < results[0].trainLoss)
      #expect(log2(scale) == log2(scale).rounded())
      #expect(results[1].learningRate == nil && results[1].hyperparameters == nil)
    }
  }

  @Test("the first scales lie around 1, as many as a baseline's first rates")
  func firstScales() {
    #expect(plan(grid: nil).firstScales == -8...7)
    #expect(plan(grid: 7).firstScales == -3...3)
    #expect(plan(grid: 4).firstScales == -2...1)
    #expect(Contender(kind: .learned, gridExponent: -2).stepScale == 0.25)
    #expect(Contender(kind: .learned, gridExponent: 0) == Contender(kind: .learned))
    #expect(Contender(kind: .adam, gridExponent: -3).stepScale == nil)
  }

  @Test("of both schedules there are the rows of each, and the best baseline is the best of all of them")
  func both() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let baselines: [Contender.Kind] = [.nesterov, .adamw]
      func results(_ schedule: ScheduleChoice?) throws -> [EvaluationResult] {
        try Evaluation.small(plan(tunesLearned: true, schedule: schedule, baselines: baselines), data).run()
      }
      let both = try results(.both)
      let each = try results(.constant) + results(.cosine)
      #expect(
        names(both)
          == ["constant", "cosine"].flatMap { schedule in
            ["learned", "learned-tuned", "nesterov", "adamw"].map { "\($0) \(schedule)" }
          })
      #expect(names(each) == names(both))
      #expect(each.map(\.trainLoss) == both.map(\.trainLoss) && each.map(\.stepScale) == both.map(\.stepScale))
      #expect(each.map(\.learningRate) == both.map(\.learningRate))
      let best = try #require(both.filter { $0.learningRate != nil }.min { $0.trainLoss < $1.trainLoss })
      #expect(both.filter { $0.ratioInterval == [1, 1] } == [best])
      #expect(both.allSatisfy { $0.stepsToAdamLoss == nil }, "Adam was not compared")
      #expect(try results(nil).map(\.trainLoss) == results(.constant).map(\.trainLoss))
    }
  }

  @Test(
    "under a cosine each step of a run has the schedule's share of its rate",
    arguments: [Contender.Kind.adamw, .learned])
  func cosine(kind: Contender.Kind) throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let plan = plan()
      let problem = try InnerProblems.named(plan.problem)
      let snapshot = try RunnableSnapshot(.small(), name: "θ")
      let open = try data.open(data.sampleTask(split: .train, classes: 10, seed: plan.seed, index: 0))
      func curve(_ optimizer: any InnerOptimizer) throws -> [Float] {
        let training = InnerTraining(problem, plan: plan, kernels: .forTests)
        return try #require(training.run(task: 0, initialisation: 0, open: open, with: optimizer)).curve
      }
      let contender = Contender(kind: kind, rate: kind.isLearned ? nil : 0.01, schedule: .cosine)
      let plain = Contender(kind: kind, rate: kind.isLearned ? nil : 0.01)
        .make(problem, snapshot: snapshot, steps: plan.steps, kernels: .forTests)
      let found = try curve(contender.make(problem, snapshot: snapshot, steps: plan.steps, kernels: .forTests))
      #expect(try found == curve(Stepwise(plain) { Float((1 + cos(.pi * Double($0) / 20)) / 2) }))
      #expect(try found != curve(plain))
    }
  }

  /// An optimizer whose step number i, from 0, is multiplied by `factor(i)`.
  private final class Stepwise: InnerOptimizer {
    private let optimizer: any InnerOptimizer
    private let factor: (Int) -> Float
    private var step = 0

    init(_ optimizer: any InnerOptimizer, factor: @escaping (Int) -> Float) {
      self.optimizer = optimizer
      self.factor = factor
    }

    func reset() { optimizer.reset() }

    func update(_ parameters: FloatBuffer, gradient: FloatBuffer, scale: Float) {
      optimizer.update(parameters, gradient: gradient, scale: factor(step))
      step += 1
    }
  }

  @Test("expected are the runs of every optimizer under every schedule; random trials are of baselines only")
  func expected() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      func runs(_ plan: EvaluationPlan) throws -> Int { try Evaluation.small(plan, data).expectedRuns }
      #expect(try runs(plan()) == 4 * (1 + 3))
      #expect(try runs(plan(schedule: .both)) == 2 * 4 * (1 + 3))
      #expect(try runs(plan(tunesLearned: true, baselines: [.adam, .nesterov])) == 4 * (1 + 3 + 2 * 3))
      #expect(try runs(plan(tunesLearned: true, trials: 100)) == 4 * (1 + 3 + 103))
      #expect(try runs(plan(tunesLearned: true, screen: 1)) == 4 + 2 * (3 + 3 * 3))
    }
  }

  @Test(
    "runs of one scale or schedule are not taken for those of another, and evaluations without either keep their name")
  func identity() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let plans = [
        plan(), plan(stepScale: 2), plan(tunesLearned: true), plan(schedule: .cosine), plan(schedule: .both),
        plan(baselines: [.adamw]),
      ]
      let cache = folder.appending(path: "cache")
      for (number, plan) in plans.enumerated() {
        _ = try Evaluation.small(plan, data).report()
        let files = try FileManager.default.contentsOfDirectory(atPath: cache.path)
        #expect(files.count == number + 1)
      }
      let contenders = [
        Contender(kind: .learned), Contender(kind: .learned, stepScale: 2),
        Contender(kind: .learned, schedule: .cosine),
        Contender(kind: .adam, rate: 0.1), Contender(kind: .adamw, rate: 0.1),
        Contender(kind: .adam, rate: 0.1, schedule: .cosine),
      ]
      #expect(Set(contenders).count == contenders.count)
      for contender in contenders {
        #expect(try JSONDecoder().decode(Contender.self, from: JSONEncoder().encode(contender)) == contender)
      }
      // What an evaluation while outer-training is known by.
      let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(plan(baselines: nil, grid: nil)))
      #expect(
        Set(try #require(json as? [String: Any]).keys) == [
          "problem", "split", "tasks", "initialisations", "steps", "batch", "seed", "tunedFor",
        ])
    }
  }

  @Test("the line about a plan says what it asks for of pace, and nothing where it asks for nothing")
  func summary() {
    let plain = plan(grid: nil).summary
    #expect(plain.hasSuffix("rates tuned for the train loss"))
    #expect(plan(stepScale: 0.25, grid: nil).summary == plain + ", learned step scale 0.25")
    #expect(
      plan(tunesLearned: true, schedule: .both, grid: nil).summary
        == plain + ", learned step scale tuned by a grid of 16, constant and cosine schedule")
    #expect(plan(schedule: .cosine, grid: nil).summary == plain + ", cosine schedule")
  }
}
