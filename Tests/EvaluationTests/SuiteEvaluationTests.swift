import Engine
import Files
import Foundation
import Shards
import Snapshots
import Tasks
import TestSupport
import Testing

@testable import Evaluation

/// The evaluation of a suite's rows.
@Suite struct SuiteEvaluationTests {
  private static let rows = """
    {"dataset": "d", "problem": "mlp2x32", "split": "train", "tasks": 2, "steps": 20, "batch": 8, "grid": 3,
     "baselines": ["adamw"], "schedule": "cosine"},
    {"dataset": "d", "problem": "mlp1x8", "split": "train", "tasks": 1, "initialisations": 2, "steps": 30, "batch": 4,
     "grid": 3, "baselines": ["adam", "momentum"], "tune": "validation"}
    """

  private func suite(_ rows: String, in folder: URL) throws -> Suite {
    let file = folder.appending(path: "suite.json")
    try Data("{\"name\": \"s\", \"purpose\": \"p\", \"rows\": [\(rows)]}".utf8).write(to: file)
    return try Suite(at: file)
  }

  private func evaluation(_ suite: Suite, _ datasets: [String: Dataset], in folder: URL) throws -> SuiteEvaluation {
    try SuiteEvaluation(
      suite, snapshot: RunnableSnapshot(.small(), name: "θ"), datasets: datasets, threads: 2, kernels: .forTests,
      cache: folder.appending(path: "cache"))
  }

  @Test("every row is what an evaluation of its plan is, learned and learned-tuned among its results")
  func rows() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let suite = try suite(Self.rows, in: folder)
      let whole = try evaluation(suite, ["d": data], in: folder)
      let report = try whole.report()
      #expect(report.rows.map(\.name) == ["mlp2x32 d 20x8", "mlp1x8 d 30x4"])
      for (row, plan) in zip(report.rows, suite.rows.map(\.plan)) {
        let alone = try Evaluation(
          plan, snapshot: RunnableSnapshot(.small(), name: "θ"), dataset: data, threads: 1, kernels: .forTests,
          cache: folder.appending(path: "other"))
        let results = try alone.run()
        #expect(row.results.map(\.optimizer) == results.map(\.optimizer))
        #expect(row.results.prefix(2).map(\.optimizer) == ["learned", "learned-tuned"])
        #expect(row.results.map(\.trainLoss) == results.map(\.trainLoss))
        #expect(row.results.map(\.validationLoss) == results.map(\.validationLoss))
        #expect(row.results.map(\.stepScale) == results.map(\.stepScale))
        #expect(row.datasetSHA256 == data.manifestDigest && row.tasks == alone.taskClasses)
      }
      #expect(report.rows[1].standings[0].loss == report.rows[1].results[0].validationLoss)
      #expect(report.summaries.map(\.optimizer) == ["learned", "learned-tuned"])

      let journals = { try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "cache").path).count }
      #expect(try journals() == 2, "the finished runs stay until the report is stored")
      whole.forget()
      #expect(try journals() == 0)
    }
  }

  @Test("a θ that only diverges is a row as any other, and its ratios are numbers")
  func diverged() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      var broken = Snapshot.small()
      broken.metadata.lambda1 = 1e30
      let suite = try suite(Self.rows, in: folder)
      let report = try SuiteEvaluation(
        suite, snapshot: RunnableSnapshot(broken, name: "θ"), datasets: ["d": data], threads: 2, kernels: .forTests,
        cache: folder.appending(path: "cache")
      ).report()
      for row in report.rows {
        let learned = try #require(row.standing("learned"))
        #expect(learned.divergedRuns == 2 && learned.loss == 10 && learned.ratio > 1)
      }
      #expect(report.summaries[0].rowsWithDivergedRuns == 2 && report.summaries[0].geometricMean > 1)
    }
  }

  @Test("what cannot be evaluated is told by the row, before anything is trained")
  func refused() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      func expect(_ rows: String, _ datasets: [String: Dataset], _ code: EvaluationErrorCode, _ message: String) throws
      {
        let suite = try suite(rows, in: folder)
        let error = #expect(throws: EvaluationError.self) { try evaluation(suite, datasets, in: folder) }
        #expect(error?.code == code && error?.description.contains("suite.json: \(message)") == true, "\(error as Any)")
        let runs = try? FileManager.default.contentsOfDirectory(
          at: folder.appending(path: "cache"), includingPropertiesForKeys: nil)
        for file in runs ?? [] { #expect(try Data(contentsOf: file).isEmpty) }
      }
      let two = Self.rows + "," + Self.rows.replacing("\"d\"", with: "\"e\"")
      try expect(two, ["d": data], .missingDataset, "the suite needs a data set for each of d, e; missing: e")
      try expect(two, [:], .missingDataset, "the suite needs a data set for each of d, e; missing: d, e")
      try expect(two, ["d": data, "e": data], .unfitDataset, "d and e are the same data set, \(data.folder.path)")
      try expect(
        Self.rows.replacing("mlp1x8", with: "conv3x32"), ["d": data], .unfitDataset,
        "rows[1] (conv3x32 d 30x4): \(data.folder.path): conv3x32 takes images of 32×32×3, these are 14×14×1")
      try expect(
        Self.rows.replacing("train\", \"tasks\": 1", with: "held-out\", \"tasks\": 1"), ["d": data], .unfitDataset,
        "rows[1] (mlp1x8 d 30x4): \(data.folder.path): a task of 10 classes of the split held-out, which has 0")
    }
  }

  @Test("the expected work of a row is that of its steps: of wide problems more than of small ones")
  func weights() throws {
    try withTemporaryFolder { folder in
      let data = try SmallDataset.digits(in: folder)
      let suite = try suite(Self.rows, in: folder)
      let progress = Files.Progress("s", unit: "inner steps", total: 0, display: .none)
      for row in suite.rows {
        let evaluation = try Evaluation(
          row.plan, snapshot: RunnableSnapshot(.small(), name: "θ"), dataset: data, threads: 1, kernels: .forTests,
          cache: folder.appending(path: "cache"))
        #expect(evaluation.weight(.learned) == 1, "outside a suite and a report each step counts the same")
        evaluation.expect(in: progress)
      }
      let (first, second) = (2 * (1 + 3 + 3), 2 * (1 + 3 + 6))
      let expected = "0/\(first * 20 + second * 30) inner steps"
      #expect(progress.line(after: .seconds(1)).contains(expected))
    }
  }
}
