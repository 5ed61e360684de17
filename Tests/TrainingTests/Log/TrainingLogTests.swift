import Files
import Foundation
import Snapshots
import TestSupport
import Testing

@testable import Engine
@testable import Training

/// `log.jsonl` and the events beside it, as runs that stop and go on write them.
@Suite struct TrainingLogTests {
  static func report(_ step: Int, loss: Double = 2) -> OuterIterationReport {
    var variance = OuterGradientVariance([], varianceFloor: 0)
    variance.reparameterization = 0.5
    return OuterIterationReport(
      outerIteration: step, outerLoss: loss, gradientNorm: 0.1, variance: variance, length: 20.5, learningRate: 0.001,
      staleness: 0, dropped: 2, innerSteps: 640, pairs: 4, diverged: 1)
  }

  static func row(_ step: Int, loss: Double = 2) -> LogRow {
    .outerIteration(
      OuterIterationRow(
        report(step, loss: loss), innerStepsPerSecond: 1e4, time: Date(timeIntervalSince1970: 1_700_000_000.25)))
  }

  static func evaluation(_ step: Int, loss: Double = 1) -> LogRow {
    .evaluation(
      EvaluationRow(
        outerIteration: step, time: Date(timeIntervalSince1970: 1_700_000_001), loss: loss, best: true, seconds: 3))
  }

  static func write(_ rows: [LogRow], in state: URL, resumingAt step: Int = 0) throws {
    let log = try TrainingLog(in: StateFolder(state), resumingAt: step)
    for row in rows { try log.append(row) }
  }

  @Test("a row has every key, null where a number does not apply or is not finite, and is one line")
  func keys() throws {
    let line = try Self.row(7, loss: .nan).line()
    #expect(line.last == UInt8(ascii: "\n") && line.dropLast().firstIndex(of: UInt8(ascii: "\n")) == nil)
    let object = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "outer_iteration", "time", "outer_loss", "gradient_norm", "reparameterization_variance",
        "evolution_strategies_variance", "reparameterization_weight", "length", "staleness", "dropped", "inner_steps",
        "inner_steps_per_second", "diverged", "learning_rate",
      ])
    #expect(object["outer_iteration"] as? Int == 7 && object["time"] as? String == "2023-11-14T22:13:20.250Z")
    #expect(object["outer_loss"] is NSNull && object["evolution_strategies_variance"] is NSNull)
    #expect(object["reparameterization_variance"] as? Double == 0.5 && object["staleness"] as? Double == 0)
    #expect(String(decoding: line, as: UTF8.self).contains(#""inner_steps":640"#))
  }

  @Test("an evaluation has a row of its own kind")
  func evaluationRow() throws {
    let object = try JSONSerialization.jsonObject(with: Self.evaluation(8, loss: 1.5).line()) as? [String: Any]
    let evaluation = try #require(object?["evaluation"] as? [String: Any])
    #expect(object?.count == 1 && Set(evaluation.keys) == ["outer_iteration", "time", "loss", "best", "seconds"])
    #expect(evaluation["outer_iteration"] as? Int == 8 && evaluation["loss"] as? Double == 1.5)
  }

  @Test("rows are read back as they were written, and the events have their numbers")
  func roundTrip() throws {
    try withTemporaryFolder { state in
      let rows = [Self.row(1, loss: 0.1 + 0.2), Self.row(2), Self.evaluation(2, loss: 1.0 / 3)]
      try Self.write(rows, in: state)
      #expect(try WrittenLog.rows(state) == rows)
      try WrittenLog.expectSameEvents(state)
      let curves = try EventFolder.curves(in: state.appending(path: "tensorboard"))
      #expect(curves["evaluation/loss"] == [.init(step: 2, value: 1.0 / 3)])
      #expect(curves["evolution_strategies_variance"] == nil)
    }
  }

  @Test("rows and events above the restored outer-iteration are cut", arguments: 0...5)
  func resume(at step: Int) throws {
    try withTemporaryFolder { state in
      let first = (1...5).flatMap { [Self.row($0)] + ($0 % 2 == 0 ? [Self.evaluation($0)] : []) }
      try Self.write(first, in: state)
      let more = (step + 1...7).map { Self.row($0, loss: 9) }
      try Self.write(more, in: state, resumingAt: step)
      #expect(try WrittenLog.rows(state) == first.filter { $0.outerIteration <= step } + more)
      try WrittenLog.expectSameEvents(state)
    }
  }

  @Test("a last line that was cut, wherever, is dropped; the lines before it are as they were")
  func cutLine() throws {
    let before = try Self.row(1).line()
    let whole = try before + Self.row(2).line()
    for length in before.count..<whole.count {
      #expect(LogFile.sound(whole.prefix(length), upTo: 2).length == before.count)
    }
    #expect(LogFile.sound(whole, upTo: 2).length == whole.count)
    try withTemporaryFolder { state in
      try whole.dropLast(20).write(to: state.appending(path: "log.jsonl"))
      try Self.write([Self.row(2, loss: 9)], in: state, resumingAt: 1)
      #expect(try WrittenLog.rows(state) == [Self.row(1), Self.row(2, loss: 9)])
    }
  }

  @Test("a line that is no row is left where it is, below what is cut")
  func foreignLine() throws {
    let note = Data("from here on with another rate\n".utf8)
    let text = try note + Self.row(1).line() + note + Self.row(2).line() + Self.row(3).line() + note
    let (kept, last) = LogFile.sound(text, upTo: 2)
    #expect(try text.prefix(kept) == note + Self.row(1).line() + note + Self.row(2).line())
    #expect(last == [Self.row(2)])
    #expect(LogFile.sound(note, upTo: 2).length == note.count)
    #expect(LogFile.sound(Data(), upTo: 2).length == 0)
  }

  @Test("an event that a process was killed before writing is there after the next start")
  func missingEvent() throws {
    try withTemporaryFolder { state in
      try Self.write([Self.row(1), Self.row(2), Self.evaluation(2)], in: state)
      let file = try #require(try EventFolder.files(in: state.appending(path: "tensorboard")).first)
      let lost = [Self.row(2), Self.evaluation(2)].map { TFRecord.encoded($0.event.message.bytes).count }
      try Data(contentsOf: file).dropLast(lost[0] + lost[1]).write(to: file)
      try Self.write([Self.row(3)], in: state, resumingAt: 2)
      try WrittenLog.expectSameEvents(state)
    }
  }

  @Test("the log knows whether the outer-iteration at which a run goes on was evaluated")
  func evaluated() throws {
    try withTemporaryFolder { state in
      try Self.write([Self.row(1), Self.row(2), Self.evaluation(2), Self.row(3)], in: state)
      #expect(try TrainingLog(in: StateFolder(state), resumingAt: 2).evaluated == 2)
    }
    try withTemporaryFolder { state in
      try Self.write([Self.row(1), Self.evaluation(1), Self.row(2)], in: state)
      let log = try TrainingLog(in: StateFolder(state), resumingAt: 2)
      #expect(log.evaluated == nil)
      #expect(try log.outerIteration() == 2)
      try log.append(Self.evaluation(2))
      #expect(log.evaluated == 2)
    }
  }

  @Test(
    "rows that cannot be written are an error, also for whoever waits for them, and are there once there is room",
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.reason)"))
  func noSpace() throws {
    try SmallDisk.with(kibibytes: 256) { state in
      let filler = state.appending(path: "filler")
      try Data(count: 100 << 10).write(to: filler)
      let log = try TrainingLog(in: StateFolder(state), resumingAt: 0)
      var failures = 0
      for step in 1...300 {
        do { try log.append(Self.row(step)) } catch { failures += 1 }
      }
      #expect(failures > 10)
      #expect(throws: FileError.self) { try log.outerIteration() }
      try FileManager.default.removeItem(at: filler)
      #expect(try log.outerIteration() == 300)
      #expect(try WrittenLog.rows(state) == (1...300).map { Self.row($0) })
    }
  }
}
