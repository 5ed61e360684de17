import Files
import Foundation
import Shards
import Snapshots
import TestSupport
import Testing

@testable import Settings
@testable import Tasks
@testable import Training

/// Runs that train several problems, and tell the losses of each.
@Suite struct SeveralProblemsTests {
  private static let names = ["mlp2x32", "conv3x2-mnist@14"]

  private func configuration(_ dataset: Dataset, in folder: URL, tasks: Int = 2) -> Configuration {
    var configuration = SmallRun.configuration(
      dataset.folder, state: folder.appending(path: "state"), outerIterations: 6)
    configuration.problem = Self.names.map { .init(name: $0) }
    configuration.evaluation = .init(every: 3, tasks: tasks, initialisations: 1, steps: 20)
    return configuration
  }

  private func train(_ configuration: Configuration, _ log: RecordingLog = RecordingLog()) throws -> TrainingRun {
    let run = try TrainingRun(configuration: configuration, kernels: .forTests, console: log.logger)
    try run.run()
    return run
  }

  private func rows(_ configuration: Configuration) throws -> ([OuterIterationRow], [EvaluationRow]) {
    let rows = try WrittenLog.rows(configuration.stateFolder)
    return (
      rows.compactMap { if case .outerIteration(let row) = $0 { row } else { nil } },
      rows.compactMap { if case .evaluation(let row) = $0 { row } else { nil } }
    )
  }

  @Test(
    "rows, events, status and history have the outer-loss and the evaluation of each problem, with Adam tuned for it")
  func losses() throws {
    try withTemporaryFolder { folder in
      let configuration = configuration(try SmallDataset.digits(in: folder), in: folder)
      let run = try train(configuration)
      let (rows, evaluations) = try rows(configuration)
      for row in rows {
        let (losses, mean) = (try #require(row.outerLosses), try #require(row.outerLoss))
        #expect(!losses.isEmpty && Set(losses.keys).isSubset(of: Self.names))
        #expect(try #require(losses.values.min()) <= mean + 1e-9 && mean <= #require(losses.values.max()) + 1e-9)
      }
      #expect(Set(rows.flatMap { $0.outerLosses?.keys.map(\.self) ?? [] }) == Set(Self.names))
      #expect(evaluations.count == 2)
      for row in evaluations {
        let problems = try #require(row.problems)
        #expect(Set(problems.keys) == Set(Self.names))
        // Each problem has one task.
        #expect(abs(problems.values.reduce(0) { $0 + $1.loss } / 2 - row.loss) < 1e-12)
        let adam = try problems.values.map { try #require($0.adamLoss) }
        #expect(try adam.reduce(0, +) / 2 <= #require(row.adamLoss) + 1e-12, "each is tuned for itself")
      }
      let curves = try EventFolder.curves(in: configuration.stateFolder.appending(path: "tensorboard"))
      for name in Self.names {
        #expect(curves["outer_loss/\(name)"]?.isEmpty == false)
        #expect(curves["evaluation_on_train/loss/\(name)"]?.map(\.step) == [3, 6])
        #expect(curves["evaluation_on_train/adam_loss/\(name)"]?.count == 2)
        let status = try #require(run.status.problems.first { $0.name == name })
        let last = evaluations.last?.problems?[name]
        #expect(status.evaluationLoss == last?.loss && status.adamLoss == last?.adamLoss)
        #expect(status.outerLoss == rows.compactMap { $0.outerLosses?[name] }.last)
        let columns = run.history.columns
        #expect(columns.outerIterations.outerLosses?[name] == rows.map { $0.outerLosses?[name] })
        #expect(columns.evaluations.losses?[name] == evaluations.map { $0.problems?[name]?.loss })
        #expect(columns.evaluations.adamLosses?[name] == evaluations.map { $0.problems?[name]?.adamLoss })
      }
      try WrittenLog.expectSameEvents(configuration.stateFolder)
    }
  }

  @Test("what Adam comes to on each problem is remembered, and found anew where an earlier version left it out")
  func adam() throws {
    try withTemporaryFolder { folder in
      var configuration = configuration(try SmallDataset.digits(in: folder), in: folder)
      _ = try train(configuration)
      let before = try rows(configuration).1.last?.problems?.mapValues(\.adamLoss)
      let file = StateFolder(configuration.stateFolder).baseline
      func goesOn(_ last: Int) throws -> Bool {
        configuration.outerIterations = last
        let log = RecordingLog()
        _ = try train(configuration, log)
        #expect(try rows(configuration).1.last?.problems?.mapValues(\.adamLoss) == before)
        return log.lines.contains { $0.contains("with Adam, once") }
      }
      #expect(try !goesOn(9))
      var known = try #require(BaselineLoss(contentsOf: file))
      known.problems = nil
      try AtomicFile.writeJSON(known, to: file)
      #expect(try goesOn(12))
    }
  }

  @Test("a problem that no task of the evaluation is of is named at the start, and has no loss")
  func left() throws {
    try withTemporaryFolder { folder in
      let configuration = configuration(try SmallDataset.splitDigits(in: folder), in: folder, tasks: 1)
      let log = RecordingLog()
      let run = try train(configuration, log)
      #expect(log.lines.contains { $0.hasPrefix("evaluations are without conv3x2-mnist@14: ") })
      let row = try #require(try rows(configuration).1.last)
      #expect(row.problems?["mlp2x32"]?.loss == row.loss && row.problems?.count == 1)
      #expect(run.status.problems.map { $0.evaluationLoss == nil } == [false, true])
    }
  }

  @Test("a run with one problem has rows, a status and a history as before")
  func one() throws {
    try withTemporaryFolder { folder in
      var configuration = configuration(try SmallDataset.splitDigits(in: folder), in: folder)
      configuration.problem.removeLast()
      let run = try train(configuration)
      let (rows, evaluations) = try rows(configuration)
      #expect(rows.allSatisfy { $0.outerLosses == nil } && evaluations.allSatisfy { $0.problems == nil })
      #expect(run.status.problems.isEmpty && run.history.columns.outerIterations.outerLosses == nil)
      #expect(run.history.columns.evaluations.losses == nil && run.history.columns.evaluations.adamLosses == nil)
      let text = try String(contentsOf: configuration.stateFolder.appending(path: "log.jsonl"), encoding: .utf8)
      #expect(!text.contains("outer_losses") && !text.contains("problems"))
    }
  }
}
