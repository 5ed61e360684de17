import Files
import Foundation
import Shards
import Snapshots
import TestSupport
import Testing
import Threads

@testable import Engine
@testable import Evaluation
@testable import Settings
@testable import Tasks
@testable import Training

/// Runs whose θ is evaluated on the rows of a suite.
@Suite struct SuiteTests {
  private static let names = ["mlp1x8 d 20x8", "mlp2x32 d 30x4"]

  private func suite(in folder: URL, split: String = "outer-validation") throws -> URL {
    let file = folder.appending(path: "abroad.json")
    let text = """
      {"name": "abroad", "purpose": "a test", "rows": [
        {"dataset": "d", "problem": "mlp1x8", "split": "\(split)", "tasks": 2, "steps": 20, "batch": 8,
         "schedule": "cosine"},
        {"dataset": "d", "problem": "mlp2x32", "split": "outer-validation", "tasks": 1, "initialisations": 2,
         "steps": 30, "batch": 4, "tune": "validation"}]}
      """
    try Data(text.utf8).write(to: file)
    return file
  }

  private func configuration(_ dataset: Dataset, in folder: URL) throws -> Configuration {
    var configuration = SmallRun.configuration(
      dataset.folder, state: folder.appending(path: "state"), outerIterations: 4)
    configuration.evaluation = .init(every: 2)
    configuration.evaluation.suite = try suite(in: folder).path
    configuration.evaluation.datasets = ["d": dataset.folder.path]
    return configuration
  }

  private func train(_ configuration: Configuration, _ log: RecordingLog = RecordingLog()) throws -> TrainingRun {
    let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger)
    try run.run()
    return run
  }

  @Test("the evaluation is the geometric mean of the rows' ratios to tuned Adam, and the best θ is that of the lowest")
  func evaluated() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      let configuration = try configuration(data, in: folder)
      // The run holds the state's lock as long as it lives.
      do {
        let log = RecordingLog()
        let run = try train(configuration, log)
        let rows = try WrittenLog.rows(configuration.stateFolder)
          .compactMap { if case .evaluation(let row) = $0 { row } else { nil } }
        #expect(rows.map(\.outerIteration) == [2, 4])
        for row in rows {
          let problems = try #require(row.problems)
          #expect(row.suite == "abroad" && row.split == .outerValidation && row.adamLoss == 1)
          #expect(Set(problems.keys) == Set(Self.names))
          let ratios = try Self.names.map { name in
            let problem = try #require(problems[name])
            return try problem.loss / #require(problem.adamLoss)
          }
          #expect(abs(row.loss - (ratios[0] * ratios[1]).squareRoot()) < 1e-12)
        }
        let best = try #require(try run.snapshots.best())
        #expect(best.evaluationLoss == rows.map(\.loss).min())

        // The rows stand where problems do: in the status, in the history, in TensorBoard.
        let status = run.status
        #expect(status.problems.map(\.name) == Self.names && status.evaluationSuite == "abroad")
        #expect(status.evaluationLoss == rows[1].loss && status.adamLoss == 1)
        #expect(status.problems.allSatisfy { $0.outerLoss == nil })
        let evaluations = run.history.columns.evaluations
        #expect(evaluations.suite == ["abroad", "abroad"])
        let curves = try EventFolder.curves(in: configuration.stateFolder.appending(path: "tensorboard"))
        #expect(curves["suite/ratio"]?.map(\.step) == [2, 4])
        #expect(curves["evaluation/loss"] == nil)
        for name in Self.names {
          let last = rows[1].problems?[name]
          let problem = status.problems.first { $0.name == name }
          #expect(problem?.evaluationLoss == last?.loss && problem?.adamLoss == last?.adamLoss)
          #expect(evaluations.losses?[name] == rows.map { $0.problems?[name]?.loss })
          #expect(curves["suite/loss/\(name)"]?.count == 2 && curves["suite/adam_loss/\(name)"]?.count == 2)
        }
        try WrittenLog.expectSameEvents(configuration.stateFolder)
        #expect(log.lines.contains("evaluations are by the suite abroad: mlp1x8 d 20x8, mlp2x32 d 30x4"))
        #expect(log.lines.contains { $0.contains("evaluation at outer-iteration 4 by the suite abroad: ratio ") })
      }

      // Adam is tuned once, also for a run that goes on.
      var longer = configuration
      longer.outerIterations = 6
      let second = RecordingLog()
      _ = try train(longer, second)
      #expect(!second.lines.contains { $0.contains("with Adam, once") })
    }
  }

  @Test("the loss of a row is that of lopt suite at the step scale 1, under the row's schedule and for the row's loss")
  func losses() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      var configuration = try configuration(data, in: folder)
      configuration.inner.optimizer.hiddenUnits = 8
      let snapshot = try RunnableSnapshot(.small(), name: "θ")
      let tasks = try DatasetTaskDistribution(configuration, datasets: [data], kernels: .forTests)
      let suite = try Suite(at: folder.appending(path: "abroad.json"))
      let evaluation = try OuterEvaluation(
        suite, datasets: ["d": data], configuration, counter: tasks.counter, threads: 2, kernels: .forTests)
      let losses = try #require(evaluation.losses(of: snapshot.theta, stop: .init()))
      let expected = try SuiteEvaluation(
        suite, snapshot: snapshot, datasets: ["d": data], threads: 2, kernels: .forTests,
        cache: folder.appending(path: "cache")
      ).report()
      for row in expected.rows {
        let loss = try #require(row.standing("learned")?.loss)
        #expect(abs(try #require(losses.problems[row.name]) - loss) < 1e-12)
      }
    }
  }

  @Test("a suite that cannot be evaluated is refused by the key, before a run begins")
  func refused() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.splitDigits(in: folder)
      func expect(_ message: String, _ edit: (inout Configuration) throws -> Void) throws {
        var configuration = try configuration(data, in: folder)
        try edit(&configuration)
        let error = #expect(throws: (any Error).self) { try TrainingRun.check(configuration, kernels: .forTests) }
        #expect(error.map { "\($0)" }?.contains(message) == true, "\(String(describing: error))")
        let state = configuration.state
        #expect(!FileManager.default.fileExists(atPath: state))
      }
      let file = folder.appending(path: "abroad.json").path
      try expect("evaluation.datasets: no folder for d; \(file) needs d") { $0.evaluation.datasets = nil }
      try expect("evaluation.datasets: e is no data set of \(file), which needs d") {
        $0.evaluation.datasets?["e"] = data.folder.path
      }
      try expect("evaluation.datasets: there is no data set in \(folder.path)/none") {
        $0.evaluation.datasets = ["d": folder.path + "/none"]
      }
      try expect(
        "evaluation.suite: \(file) has the row mlp1x8 d 20x8 on the split train: θ is chosen on rows of outer-validation"
      ) {
        _ in _ = try suite(in: folder, split: "train")
      }
      try expect("abroad.json: not JSON") { _ in try Data().write(to: URL(filePath: file)) }
      try expect("abroad.json") { _ in try FileManager.default.removeItem(atPath: file) }
    }
  }

  @Test("a configuration without a suite is stored as before")
  func without() throws {
    let data = try JSONEncoder().encode(Configuration(preset: .small))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let evaluation = try #require(object["evaluation"] as? [String: Any])
    #expect(Set(evaluation.keys) == ["every", "tasks", "initialisations", "steps"])
  }
}
