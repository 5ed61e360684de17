import Engine
import Files
import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Evaluation
@testable import Tasks

/// Every optimizer on the same tasks, each baseline at its best rate.
@Suite struct EvaluationTests {
  func plan(steps: Int = 30, tasks: Int = 2, seed: UInt64 = 1, tunedFor: Objective = .train)
    -> EvaluationPlan
  {
    EvaluationPlan(
      problem: "mlp2x32", split: .train, tasks: tasks, initialisations: 2, steps: steps, batch: 8, seed: seed,
      tunedFor: tunedFor)
  }

  func evaluate(
    _ plan: EvaluationPlan, _ dataset: Dataset, snapshot: Snapshot = .small(), threads: Int = 2
  ) throws -> [EvaluationResult] {
    try Evaluation(
      plan, snapshot: RunnableSnapshot(snapshot, name: "θ"), dataset: dataset, threads: threads, kernels: .forTests,
      cache: dataset.folder.deletingLastPathComponent().appending(path: "cache")
    ).run()
  }

  /// The results without what the clock measured.
  func untimed(_ results: [EvaluationResult]) -> [EvaluationResult] {
    results.map { result in
      var result = result
      result.secondsPer1000Steps = 0
      result.updateShare = 0
      result.secondsToAdamLoss = nil
      result.secondsToBestBaselineLoss = nil
      result.shareOfBestBaselineSeconds = nil
      return result
    }
  }

  @Test("the results do not depend on the number of threads, and do on the seed")
  func threads() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let one = untimed(try evaluate(plan(), data, threads: 1))
      #expect(one == untimed(try evaluate(plan(), data, threads: 3)))
      #expect(one != untimed(try evaluate(plan(seed: 2), data)))
      #expect(one.map(\.optimizer) == ["learned", "adam", "rmsprop", "momentum"])
      #expect(one.map { $0.learningRate == nil } == [true, false, false, false])
    }
  }

  @Test("every optimizer begins at the same loss: that of the task, the initialisation and the first minibatch")
  func sameBeginning() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let plan = plan(steps: 3)
      let problem = try InnerProblems.named(plan.problem)
      let snapshot = try RunnableSnapshot(.small(), name: "θ")
      let open = try data.open(data.sampleTask(split: .train, classes: 10, seed: plan.seed, index: 0))
      func firstLosses(initialisation: Int) -> Set<Float?> {
        Set(
          [Contender(kind: .learned), .init(kind: .adam, rate: 0.1), .init(kind: .momentum, rate: 0.1)].map {
            let optimizer = $0.make(problem, snapshot: snapshot, steps: plan.steps, kernels: .forTests)
            return InnerTraining(problem, plan: plan, kernels: .forTests)
              .run(task: 0, initialisation: initialisation, open: open, with: optimizer)?.curve[0]
          })
      }
      #expect(firstLosses(initialisation: 0).count == 1)
      #expect(firstLosses(initialisation: 0) != firstLosses(initialisation: 1))
    }
  }

  @Test("a grid widens while its best is at an end, and does end: where no rate matters the best is always the lowest")
  func widens() throws {
    try withTemporaryFolder { folder in
      // The loss of the only step is taken before its update.
      let results = try evaluate(plan(steps: 1, tasks: 1), SmallDataset.digits(in: folder))
      for baseline in results.dropFirst() { #expect(try #require(baseline.learningRate) < 1e-9) }
    }
  }

  @Test("the best baseline is the best in the tuned-for loss, and it is its training loss that is to be reached")
  func bestBaseline() {
    let plan = plan(steps: 20, tasks: 1, tunedFor: .validation)
    func runs(loss: Float, validation: Double) -> [RunOutcome] {
      Array(
        repeating: RunOutcome(
          curve: Array(repeating: loss, count: 20), validationLoss: validation, validationAccuracy: 0), count: 2)
    }
    let results = EvaluationResult.make(
      plan,
      [
        (Contender(kind: .learned), runs(loss: 0.5, validation: 3)),
        (Contender(kind: .adam, rate: 0.1), runs(loss: 0.6, validation: 2)),
        (Contender(kind: .momentum, rate: 0.1), runs(loss: 0.4, validation: 4)),
      ], [Double](repeating: 1, count: 3).map { StepTime(seconds: $0, updateSeconds: 0) })
    #expect(results.map(\.ratioInterval) == [[1.5, 1.5], [1, 1], [2, 2]])
    #expect(results.map(\.stepsToBestBaselineLoss) == [2, 2, 2])
  }

  @Test("the interval of a ratio is as wide as the tasks' losses say, whatever the initialisations: ± 1.96 σ/√tasks")
  func ratioInterval() {
    // By task 1, 3, 1, 3, …: mean 2, σ 1; the other's 1 by every run.
    let plan = plan(steps: 20, tasks: 400)
    let losses = (0..<400).flatMap { [Double](repeating: $0 % 2 == 0 ? 1 : 3, count: plan.initialisations) }
    let interval = plan.ratioInterval(losses, to: losses.map { _ in 1 })
    for (end, sign) in zip(interval, [-1.0, 1.0]) {
      #expect(abs(end - (2 + sign * 1.96 / 20)) < 0.01, "\(interval)")
    }
    // A task's ease is common to both: the ratio of losses that differ by a factor is that factor.
    #expect(plan.ratioInterval(losses.map { $0 / 2 }, to: losses) == [0.5, 0.5])
  }

  @Test("what is taken of the best baseline's steps and wall-clock, and the update's share, are ratios of what was run")
  func shares() {
    let plan = plan(steps: 20, tasks: 1)
    func runs(_ loss: (Int) -> Float) -> [RunOutcome] {
      let run = RunOutcome(curve: (0..<20).map(loss), validationLoss: 0, validationAccuracy: 0)
      return [run, run]
    }
    let results = EvaluationResult.make(
      plan,
      [
        // At 1 from step 8 on, over two steps from 9 on.
        (Contender(kind: .learned), runs { $0 < 7 ? 2 : 1 }), (Contender(kind: .adam, rate: 0.1), runs { _ in 3 }),
        (Contender(kind: .momentum, rate: 0.1), runs { $0 < 18 ? 2 : 1 }),
      ],
      [
        StepTime(seconds: 3, updateSeconds: 1.5), StepTime(seconds: 1, updateSeconds: 0.25),
        StepTime(seconds: 2, updateSeconds: 0.2),
      ])
    #expect(results.map(\.updateShare) == [0.5, 0.25, 0.1])
    #expect(results.map(\.stepsToBestBaselineLoss) == [9, nil, 20])
    #expect(results.map(\.shareOfBestBaselineSteps) == [0.45, nil, 1])
    #expect(results.map(\.shareOfBestBaselineSeconds) == [27.0 / 40, nil, 1])
  }

  @Test("rates are chosen for the loss that was asked for", arguments: Objective.allCases)
  func tuning(tunedFor: Objective) throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let asked = try evaluate(plan(steps: 80, tunedFor: tunedFor), data)
      let other = try evaluate(plan(steps: 80, tunedFor: tunedFor == .train ? .validation : .train), data)
      for (mine, its) in zip(asked, other) {
        #expect(mine.tunedFor == tunedFor.rawValue)
        switch tunedFor {
        case .train: #expect(mine.trainLoss <= its.trainLoss)
        case .validation: #expect(mine.validationLoss <= its.validationLoss)
        }
      }
    }
  }

  @Test(
    "a baseline reaches its own loss, and the best one's ratio to itself is 1", arguments: 1...4 as ClosedRange<UInt64>)
  func ownLoss(seed: UInt64) throws {
    try withTemporaryFolder { folder in
      let results = try evaluate(plan(tasks: 3, seed: seed), SmallDataset.digits(in: folder))
      let adam = results[1]
      let steps = try #require(adam.stepsToAdamLoss)
      #expect((3...30).contains(steps))
      let seconds = Double(steps) * adam.secondsPer1000Steps / 1_000
      #expect(abs(try #require(adam.secondsToAdamLoss) - seconds) < 1e-9 * seconds)
      let best = try #require(results.dropFirst().min { $0.trainLoss < $1.trainLoss })
      #expect(best.stepsToBestBaselineLoss != nil)
      #expect(best.ratioInterval == [1, 1])
      for result in results {
        #expect(result.ratioInterval[0] <= result.ratioInterval[1])
        #expect(result.quartiles == result.quartiles.sorted() && result.quartiles.count == 3)
        #expect(result.secondsPer1000Steps > 0)
        #expect(result.updateShare > 0 && result.updateShare < 1)
      }
    }
  }

  @Test("the first step to a loss is where the running mean of the averaged curve reaches it; nil if never")
  func firstStep() {
    let plan = plan(steps: 20)
    let falling = (0..<20).map { Float(20 - $0) }
    let runs = [falling, falling.map { $0 + 2 }].map { RunOutcome(curve: $0, validationLoss: 0, validationAccuracy: 0) }
    // The averaged curve is 21, 20, … 2; over two steps 20.5, 19.5, …
    #expect(EvaluationResult.firstStep(plan, runs, below: 25) == 2)
    #expect(EvaluationResult.firstStep(plan, runs, below: 18.5) == 4)
    #expect(EvaluationResult.firstStep(plan, runs, below: 2.5) == 20)
    #expect(EvaluationResult.firstStep(plan, runs, below: 2.4) == nil)
  }

  @Test("an optimizer that diverges has a loss that says so, and the results are still JSON")
  func divergence() throws {
    try withTemporaryFolder { folder in
      let results = try evaluate(plan(), SmallDataset.digits(in: folder), snapshot: .small(scale: 1e6))
      #expect(results[0].trainLoss == 10 && results[0].validationLoss == 10)
      #expect(results[0].stepsToAdamLoss == nil)
      #expect(try !JSONEncoder().encode(results).isEmpty)
    }
  }

  @Test("JSON has every key, null where there is no value")
  func keys() throws {
    try withTemporaryFolder { folder in
      let results = try evaluate(plan(), SmallDataset.digits(in: folder), snapshot: .small(scale: 1e6))
      let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(results))
      let objects = try #require(json as? [[String: Any]])
      for object in objects {
        #expect(
          Set(object.keys) == [
            "optimizer", "tuned_for", "learning_rate", "step_scale", "schedule", "hyperparameters", "train_loss",
            "validation_loss",
            "validation_accuracy", "quartiles", "ratio_interval", "diverged_runs", "seconds_per_1000_steps",
            "update_share",
            "steps_to_adam_loss", "seconds_to_adam_loss", "steps_to_best_baseline_loss",
            "seconds_to_best_baseline_loss", "share_of_best_baseline_steps", "share_of_best_baseline_seconds",
          ])
      }
      #expect(try JSONDecoder().decode([EvaluationResult].self, from: JSONEncoder().encode(results)) == results)
      #expect(objects[0]["hyperparameters"] is NSNull)
      let adam = try #require(objects[1]["hyperparameters"] as? [String: Double])
      #expect(adam["learning_rate"] == objects[1]["learning_rate"] as? Double)
      #expect(adam["beta1"] == 0.9 && adam["beta2"] == 0.999 && adam["epsilon"] == 1e-8 && adam.count == 4)
      #expect(objects[0]["learning_rate"] is NSNull && objects[0]["steps_to_adam_loss"] is NSNull)
    }
  }

  @Test(
    "what cannot be evaluated is refused: θ of another size, an impossible architecture or batch, a split without classes, an unknown problem"
  )
  func refused() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      var short = Snapshot.small()
      short.theta.removeLast()
      #expect(throws: SnapshotError.self) { try evaluate(plan(), data, snapshot: short) }
      var heldOut = plan()
      heldOut.split = .heldOut
      #expect(throws: ShardsError.self) { try evaluate(heldOut, data) }
      var layers = Snapshot.small()
      layers.metadata.hiddenLayers = -1
      let impossible = #expect(throws: SnapshotError.self) { try evaluate(plan(), data, snapshot: layers) }
      #expect(impossible?.code == .damaged)
      #expect(
        impossible?.description == "θ: damaged: its metadata's hidden_layers is \"-1\", must be in 1 … 8")
      var noBatch = plan()
      noBatch.batch = 0
      #expect(throws: SnapshotError.self) { try evaluate(noBatch, data) }
      var unknown = plan()
      unknown.problem = "mlp9x9"
      #expect(throws: EngineError.self) { try evaluate(unknown, data) }
    }
  }

  @Test("a task without validation images is refused")
  func noValidation() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder, validation: 0)
      let error = try #require(throws: EvaluationError.self) { try evaluate(plan(), data) }
      #expect("\(error)".contains("validation images"))
    }
  }
}
