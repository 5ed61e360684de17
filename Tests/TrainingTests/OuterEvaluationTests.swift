import Files
import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Evaluation
@testable import Settings
@testable import Tasks
@testable import Threads
@testable import Training

/// θ on the tasks of classes that outer-training does not see.
@Suite struct OuterEvaluationTests {
  private static func configuration(_ datasets: [Dataset]) -> Configuration {
    var configuration = Configuration(preset: .small)
    configuration.datasets = datasets.map { .init(path: $0.folder.path, weight: 1) }
    configuration.inner.batch = 8
    configuration.inner.life = .init(from: 10, to: 30)
    configuration.inner.optimizer.hiddenUnits = 8
    configuration.evaluation = .init(every: 1, tasks: 3, initialisations: 2, steps: 0)
    return configuration
  }

  @Test(
    "the loss is that of lopt evaluate on the same tasks, for any number of threads and any seed of the run")
  func sameAsEvaluate() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let snapshot = try RunnableSnapshot(.small(), name: "θ")
      for tuning in Objective.allCases {
        let plan = EvaluationPlan(
          problem: "mlp2x32", split: .outerValidation, tasks: 3, initialisations: 2, steps: 30, batch: 8, seed: 0,
          tunedFor: tuning)
        let expected = try Evaluation(
          plan, snapshot: snapshot, dataset: data, threads: 2, kernels: .forTests,
          cache: folder.appending(path: "cache")
        ).run()[0]
        for (threads, seed) in [(1, 0), (3, 7)] as [(Int, UInt64)] {
          var configuration = Self.configuration([data])
          configuration.seed = seed
          configuration.outer.objective = tuning == .train ? .train : .validation
          let loss = try #require(
            try OuterEvaluation.of(configuration, [data], threads: threads).losses(
              of: snapshot.theta, stop: StopFlag())?.mean)
          #expect(abs(loss - (tuning == .train ? expected.trainLoss : expected.validationLoss)) < 1e-12)
        }
      }
    }
  }

  @Test("data sets without classes of outer-validation are passed over where another has them")
  func splits() throws {
    try withTemporaryFolder { folder in
      let (with, without) = (folder.appending(path: "with"), folder.appending(path: "without"))
      for place in [with, without] {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      }
      let split = try SmallDataset.splitDigits(in: with)
      let whole = try SmallDataset.digits(in: without)
      let theta = Snapshot.small().theta
      let one = try OuterEvaluation.of(Self.configuration([split]), [split]).losses(of: theta, stop: StopFlag())
      let both = try OuterEvaluation.of(Self.configuration([whole, split]), [whole, split])
        .losses(of: theta, stop: StopFlag())
      #expect(one != nil && one == both)
    }
  }

  @Test(
    "where no data set has classes of outer-validation, θ is evaluated on those to train on, by another seed's tasks")
  func noClassesApart() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let snapshot = try RunnableSnapshot(.small(), name: "θ")
      try TrainingRun.check(Self.configuration([data]), kernels: .forTests)
      for (seed, expected) in [(0, 1), (1, 0), (7, 0)] as [(UInt64, UInt64)] {
        var configuration = Self.configuration([data])
        configuration.seed = seed
        let evaluation = try OuterEvaluation.of(configuration, [data])
        #expect(evaluation.split == .train)
        let plan = EvaluationPlan(
          problem: "mlp2x32", split: .train, tasks: 3, initialisations: 2, steps: 30, batch: 8, seed: expected,
          tunedFor: .train)
        let result = try Evaluation(
          plan, snapshot: snapshot, dataset: data, threads: 2, kernels: .forTests,
          cache: folder.appending(path: "cache")
        ).run()[0]
        let loss = try #require(evaluation.losses(of: snapshot.theta, stop: StopFlag())?.mean)
        #expect(abs(loss - result.trainLoss) < 1e-12)
        #expect(seed != expected, "else a worker's first task would be the evaluation's, initialisation included")
      }
    }
  }

  @Test("a task of outer-validation without validation images is refused where the objective is validation")
  func noValidation() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder, validation: 0)
      var configuration = Self.configuration([data])
      _ = try OuterEvaluation.of(configuration, [data])
      configuration.outer.objective = .validation
      let error = #expect(throws: EvaluationError.self) { try OuterEvaluation.of(configuration, [data]) }
      #expect(error?.description.contains("0 validation images") == true)
    }
  }

  @Test("an evaluation's identity changes with everything on which its loss depends")
  func identity() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let configuration = Self.configuration([data])
      let same = try OuterEvaluation.of(configuration, [data], threads: 1).identity
      func identity(_ edit: (inout Configuration) -> Void) throws -> String {
        var other = configuration
        edit(&other)
        return try OuterEvaluation.of(other, [data]).identity
      }
      #expect(try identity { $0.seed = 5 } == same)
      #expect(try identity { $0.evaluation.every = 9 } == same)
      #expect(try identity { $0.evaluation.steps = 30 } == same, "0 stands for the longest life of a task")
      #expect(try identity { $0.evaluation.steps = 31 } != same)
      #expect(try identity { $0.evaluation.tasks = 2 } != same)
      #expect(try identity { $0.outer.objective = .validation } != same)
    }
  }

  @Test("an evaluation that is told to stop does so at the next inner step")
  func stops() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      var configuration = Self.configuration([data])
      configuration.evaluation.steps = 100_000_000
      let evaluation = try OuterEvaluation.of(configuration, [data])
      let stop = StopFlag()
      Thread.detachNewThread {
        Thread.sleep(forTimeInterval: 0.1)
        stop.set()
      }
      #expect(evaluation.losses(of: Snapshot.small().theta, stop: stop) == nil)
    }
  }
}
