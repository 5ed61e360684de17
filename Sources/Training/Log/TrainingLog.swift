import Foundation
import Snapshots
import Synchronization

/// The log of a run: a row for each outer-iteration and each evaluation, in `log.jsonl` and as events of TensorBoard.
///
/// The process that trains appends from one thread; others may ask what is there.
final class TrainingLog: Sendable {
  private struct Contents {
    /// The newest outer-iteration whose row is in the file.
    var outerIteration: Int
    /// The newest outer-iteration whose evaluation has a row; nil where none has, since the run went on.
    var evaluated: Int?
    /// The rows that could not be written yet, in order.
    var rows: [LogRow] = []
    /// The events that could not be written yet, in order.
    var events: [TensorBoardEvent] = []
  }

  private let rows: LogFile
  private let events: TensorBoardFile
  private let contents: Mutex<Contents>

  /// Opens the log of a run that goes on after an outer-iteration, 0 for one that begins. Everything in the log that is
  /// later is removed.
  init(in folder: StateFolder, resumingAt outerIteration: Int) throws {
    rows = try LogFile(in: folder, resumingAt: outerIteration)
    events = try TensorBoardFile(in: folder.tensorBoard, from: outerIteration)
    // The event of a row that was the process's last may be missing, so they replace what there is.
    for row in rows.last { try events.append(row.event) }
    let isEvaluated = rows.last.contains { if case .evaluation = $0 { true } else { false } }
    contents = Mutex(Contents(outerIteration: outerIteration, evaluated: isEvaluated ? outerIteration : nil))
  }

  /// Adds a row. Where that throws, the row waits. It is written before the next one, or before a state of its
  /// outer-iteration is.
  func append(_ row: LogRow) throws {
    try contents.withLock { contents in
      contents.rows.append(row)
      contents.events.append(row.event)
      if case .evaluation(let row) = row { contents.evaluated = row.outerIteration }
      try write(&contents)
    }
  }

  private func write(_ contents: inout Contents) throws {
    while let row = contents.rows.first {
      try rows.append(row)
      contents.rows.removeFirst()
      if case .outerIteration(let row) = row { contents.outerIteration = row.outerIteration }
    }
    while let event = contents.events.first {
      try events.append(event)
      contents.events.removeFirst()
    }
  }

  /// Returns the newest outer-iteration that has its row in the file.
  /// - Throws: `FileError` where a row that waits still cannot be written.
  func outerIteration() throws -> Int {
    try contents.withLock { contents in
      try write(&contents)
      return contents.outerIteration
    }
  }

  /// The newest outer-iteration whose evaluation has its row, as far back as the one at which the run went on; nil for
  /// none.
  var evaluated: Int? { contents.withLock { $0.evaluated } }

  /// Makes the rows durable.
  func sync() throws { try rows.sync() }
}
