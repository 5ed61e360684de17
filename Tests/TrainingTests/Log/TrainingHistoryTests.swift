import Foundation
import Snapshots
import TestSupport
import Testing

@testable import Training

/// The history of a run, thinned to what a picture holds.
@Suite struct TrainingHistoryTests {
  private static func row(_ step: Int) -> LogRow {
    .evaluation(
      EvaluationRow(
        outerIteration: step, time: Date(timeIntervalSince1970: Double(step)), loss: Double(step), adamLoss: 2,
        best: false, seconds: 1))
  }

  @Test("rows are thinned evenly, the first and the newest are always there", arguments: [1, 9, 10, 11, 57, 1000])
  func thins(count: Int) {
    var rows = ThinnedRows<Int>(most: 10)
    for number in 1...count { rows.append { number } }
    #expect(rows.all.count <= 10 && rows.all.count >= min(count, 5))
    #expect(rows.all.first == 1 && rows.all.last == count)
    let steps = Set(zip(rows.all.dropLast(), rows.all.dropLast().dropFirst()).map { $1 - $0 })
    #expect(steps.count <= 1, "\(rows.all)")
  }

  private static func outerIteration(_ step: Int) throws -> LogRow {
    try #require(
      LogRow(
        line: Data(
          """
          {"outer_iteration": \(step), "time": "2026-01-01T00:00:00.000Z", "outer_loss": \(step), "dropped": 0, \
          "inner_steps": 1, "diverged": 0}

          """.utf8)))
  }

  @Test("the history of a long log is rows at even distances, the first and the newest among them, that go on evenly")
  func samples() throws {
    try withTemporaryFolder { folder in
      let rows = try LogFile(in: StateFolder(folder), resumingAt: 0, largest: 1 << 20)
      let count = 40_000
      for step in 1...count {
        try rows.append(Self.outerIteration(step))
        if step % 100 == 0 { try rows.append(Self.row(step)) }
      }
      try #require(StateFolder(folder).fullLogs().count > 2)
      let history = try TrainingHistory(readingFrom: StateFolder(folder), longLog: 1 << 20)
      for step in count + 1...count + 1_000 { history.append(try Self.outerIteration(step)) }
      let steps = history.columns.outerIterations.outerIteration
      #expect(steps.first == 1 && steps.last == count + 1_000 && steps == Set(steps).sorted())
      #expect((2_000...TrainingHistory.most).contains(steps.count))
      let distances = zip(steps.dropLast(), steps.dropLast().dropFirst()).map { $1 - $0 }
      #expect(distances.allSatisfy { (8...32).contains($0) }, "\(distances.min() ?? 0) to \(distances.max() ?? 0)")
      #expect(history.columns.evaluations.outerIteration == Array(stride(from: 100, through: count, by: 100)))
    }
  }

  @Test("a log's rows are read back, full files included; other lines are passed over") func reads() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "log.jsonl")
      let rows = try LogFile(in: StateFolder(folder), resumingAt: 0, largest: 3 * Self.row(1).line().count)
      for step in 1...8 { try rows.append(Self.row(step)) }
      try (Data(contentsOf: file) + Data("{\"evaluation\": a note\n".utf8)).write(to: file)
      let history = try TrainingHistory(readingFrom: StateFolder(folder))
      history.append(Self.row(9))
      let found = history.columns.evaluations
      #expect(found.outerIteration == Array(1...9) && found.adamLoss == Array(repeating: 2, count: 9))
      #expect(found.time == (1...9).map(Double.init) && found.loss == found.time)
      #expect(history.columns.outerIterations.outerIteration == [])
    }
  }
}
