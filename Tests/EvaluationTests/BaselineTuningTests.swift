import Engine
import Foundation
import Shards
import Snapshots
import Tasks
import TestSupport
import Testing

@testable import Evaluation

/// Random trials of hyperparameters, and the screening of candidates.
@Suite struct BaselineTuningTests {
  private func plan(
    tasks: Int = 2, initialisations: Int = 2, trials: Int? = nil, screen: Int? = nil,
    tunedFor: Objective = .train, grid: Int? = nil
  ) -> EvaluationPlan {
    EvaluationPlan(
      problem: "mlp2x32", split: .train, tasks: tasks, initialisations: initialisations, steps: 20, batch: 8, seed: 3,
      tunedFor: tunedFor, trials: trials, screen: screen, grid: grid)
  }

  @Test("a trial is a pure function of seed, optimizer and number")
  func pure() {
    func trial(_ kind: Contender.Kind, _ number: Int, _ seed: UInt64) -> Contender {
      Contender(kind: kind, trial: number, seed: seed)
    }
    #expect(trial(.adam, 7, 1) == trial(.adam, 7, 1))
    #expect(trial(.adam, 7, 1) != trial(.adam, 8, 1))
    #expect(trial(.adam, 7, 1) != trial(.adam, 7, 2))
    #expect(trial(.adam, 7, 1).rate != trial(.rmsprop, 7, 1).rate)
  }

  @Test(
    "trials have all of an optimizer's hyperparameters, in their ranges, and fill these",
    arguments: Contender.Kind.baselines)
  func ranges(kind: Contender.Kind) throws {
    let trials = try (0..<2_000).map { try #require(Contender(kind: kind, trial: $0, seed: 5).hyperparameters) }
    #expect(trials.allSatisfy { Set($0.keys) == Set(kind.hyperparameters) })
    let bounds: [Hyperparameter: (Double, Double)] = [
      .learningRate: (-5, 0), .beta1: (-3, 0), .momentum: (-3, 0), .beta2: (-4, 0), .decay: (-4, 0),
      .epsilon: (-10, -2), .weightDecay: (-4, 0),
    ]
    for name in kind.hyperparameters {
      let (low, high) = try #require(bounds[name])
      let memory = [.beta1, .beta2, .decay, .momentum].contains(name)
      let logarithms = trials.map { log10(memory ? 1 - Double($0[name] ?? 2) : Double($0[name] ?? 0)) }.sorted()
      #expect(logarithms[0] >= low - 1e-3 && logarithms[1_999] <= high)
      // A uniform distribution's quartiles, each within five of its standard errors.
      for quarter in 1...3 {
        let expected = low + (high - low) * Double(quarter) / 4
        #expect(abs(logarithms[500 * quarter] - expected) < 0.05 * (high - low), "\(name) \(quarter)")
      }
    }
  }

  @Test("the hyperparameters that results state are those that the runs had")
  func used() throws {
    let problem = try InnerProblems.named("mlp2x32")
    let gradient = FloatBuffer(problem.layout.count)
    gradient.fill(0.5)
    func moved(_ optimizer: any InnerOptimizer) -> [Float] {
      let parameters = FloatBuffer(problem.layout.count)
      optimizer.reset()
      return (0..<3).map { _ in
        optimizer.update(parameters, gradient: gradient)
        return parameters[0]
      }
    }
    let snapshot = try RunnableSnapshot(.small(), name: "θ")
    for kind in Contender.Kind.baselines {
      let contender = Contender(kind: kind, trial: 1, seed: 2)
      let values = try #require(contender.hyperparameters)
      func value(_ name: Hyperparameter) -> Float { values[name] ?? .nan }
      let count = problem.layout.count
      let expected: any InnerOptimizer =
        switch kind {
        case .adam, .adamw, .nadamw:
          Adam(
            count: count, rate: value(.learningRate), beta1: value(.beta1), beta2: value(.beta2),
            epsilon: value(.epsilon), decay: kind == .adam ? 0 : value(.weightDecay), isNesterov: kind == .nadamw,
            kernels: .forTests)
        case .rmsprop:
          RMSProp(
            count: count, rate: value(.learningRate), decay: value(.decay), epsilon: value(.epsilon), kernels: .forTests
          )
        case .momentum, .nesterov, .learned, .learnedTuned:
          MomentumSGD(
            count: count, rate: value(.learningRate), decay: value(.momentum), isNesterov: kind == .nesterov,
            kernels: .forTests)
        }
      let found = moved(contender.make(problem, snapshot: snapshot, steps: 3, kernels: .forTests))
      #expect(found == moved(expected) && found[0] != 0)
    }
  }

  @Test("a search finds the same on a fresh start, and nothing worse than the grid")
  func search() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      func tuned(trials: Int?) throws -> [EvaluationResult] { try Evaluation.small(plan(trials: trials), data).run() }
      let (first, second, grid) = (try tuned(trials: 20), try tuned(trials: 20), try tuned(trials: nil))
      #expect(first.map(\.hyperparameters) == second.map(\.hyperparameters))
      #expect(first.map(\.trainLoss) == second.map(\.trainLoss))
      #expect(first[0].trainLoss == grid[0].trainLoss)
      for (searched, plain) in zip(first, grid).dropFirst() { #expect(searched.trainLoss <= plain.trainLoss) }
      #expect(first.map(\.hyperparameters) != grid.map(\.hyperparameters))
    }
  }

  @Test("the best three of a screening go on, and the best of these on everything is the result")
  func screening() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let plan = plan(tasks: 3, trials: 12, screen: 1, tunedFor: .validation)
      let evaluation = try Evaluation.small(plan, data)
      let problem = try InnerProblems.named(plan.problem)
      let snapshot = try RunnableSnapshot(.small(), name: "θ")
      let open = try (0..<3).map {
        try data.open(data.sampleTask(split: .train, classes: 10, seed: plan.seed, index: $0))
      }
      func loss(_ contender: Contender, tasks: Int, initialisations: Int) throws -> Double {
        var sum = 0.0
        for task in 0..<tasks {
          for initialisation in 0..<initialisations {
            let outcome: RunOutcome? = InnerTraining(problem, plan: plan, kernels: .forTests).run(
              task: task, initialisation: initialisation, open: open[task],
              with: contender.make(problem, snapshot: snapshot, steps: plan.steps, kernels: .forTests))
            sum += try #require(outcome).validationLoss
          }
        }
        return sum / Double(tasks * initialisations)
      }
      let results = try evaluation.report().results
      for (kind, result) in zip(Contender.Kind.defaultBaselines, results.dropFirst()) {
        let candidates =
          Contender.firstGrid.map { Contender(kind: kind, gridExponent: $0) }
          + (0..<12).map { Contender(kind: kind, trial: $0, seed: plan.seed) }
        let screened = try candidates.map { ($0, try loss($0, tasks: 1, initialisations: 1)) }
        let finalists = screened.sorted { $0.1 < $1.1 }.prefix(3).map(\.0)
        let told = try finalists.map { ($0, try loss($0, tasks: 3, initialisations: 2)) }
        let best = try #require(told.min { $0.1 < $1.1 })
        #expect(result.hyperparameters == best.0.hyperparameters)
        #expect(abs(result.validationLoss - best.1) < 1e-9)
      }
    }
  }

  @Test("a screening on everything finds the same as no screening")
  func wholeScreening() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let screened = try Evaluation.small(plan(initialisations: 1, screen: 9), data).run()
      let plain = try Evaluation.small(plan(initialisations: 1), data).run()
      #expect(screened.map(\.learningRate) == plain.map(\.learningRate))
      #expect(screened.map(\.trainLoss) == plain.map(\.trainLoss))
    }
  }

  @Test("a grid of few rates begins around 0.01, and widens to where a whole grid finds the best")
  func smallGrid() throws {
    #expect(plan(grid: 7).firstGrid == -9 ... -3)
    #expect(plan(grid: 4).firstGrid == -7 ... -4)
    #expect(plan().firstGrid == Contender.firstGrid)
    #expect(plan(grid: 7).summary.hasSuffix("rates tuned for the train loss by a grid of 7 rates"))
    #expect(plan(trials: 100, grid: 7).summary.hasSuffix("by a grid of 7 rates and 100 random trials"))
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let few = try Evaluation.small(plan(grid: 3), data)
      #expect(few.expectedRuns == 4 * (1 + 3 * 3))
      let whole = try Evaluation.small(plan(), data).run()
      #expect(try few.run().map(\.learningRate) == whole.map(\.learningRate))
      // Of momentum at least it is not among the three.
      #expect(whole.contains { $0.learningRate ?? 0 > 0.03 })
    }
  }

  @Test("the number of expected runs is that of the runs that are done, where no grid widens")
  func expected() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      #expect(try Evaluation.small(plan(), data).expectedRuns == 4 * (1 + 3 * 16))
      #expect(try Evaluation.small(plan(trials: 100), data).expectedRuns == 4 * (1 + 3 * 116))
      let evaluation = try Evaluation.small(plan(tasks: 3, trials: 12, screen: 2), data)
      #expect(evaluation.expectedRuns == 6 + 3 * (2 * 28 + 3 * 4))
      _ = try evaluation.report()
      let cache = folder.appending(path: "cache")
      let logs = try FileManager.default.contentsOfDirectory(at: cache, includingPropertiesForKeys: nil)
      let lines = try logs.map { try String(contentsOf: $0, encoding: .utf8).split(separator: "\n").count }
      #expect(lines.contains(evaluation.expectedRuns))
    }
  }
}
