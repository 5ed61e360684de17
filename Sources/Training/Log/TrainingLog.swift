import Foundation
import Synchronization

/// What a run says of its course: a row for each outer-iteration and each evaluation, in `log.jsonl` and as events of
/// TensorBoard.
///
/// The process that trains appends from one thread; others may ask what is there.
final class TrainingLog: Sendable {
  private struct Contents {
    var outerIteration: Int
    var evaluated: Int?
    var failure: (any Error)?
  }

  private let rows: RowFile
  private let events: TensorBoardFile
  private let contents: Mutex<Contents>

  /// The log of a run that goes on after an outer-iteration (0: that begins): what a log holds beyond it is removed.
  init(in state: URL, resumingAt outerIteration: Int) throws {
    rows = try RowFile(state.appending(path: "log.jsonl"), resumingAt: outerIteration)
    events = try TensorBoardFile(in: state.appending(path: "tensorboard"), from: outerIteration)
    // The event of a row that was the process's last may be missing, so they replace what there is.
    for row in rows.last { try events.append(row.event) }
    let isEvaluated = rows.last.contains { if case .evaluation = $0 { true } else { false } }
    contents = Mutex(Contents(outerIteration: outerIteration, evaluated: isEvaluated ? outerIteration : nil))
  }

  func append(_ row: LogRow) throws {
    try contents.withLock { contents in
      do {
        try rows.append(row)
        try events.append(row.event)
      } catch {
        contents.failure = error
        throw error
      }
      switch row {
      case .outerIteration(let row): contents.outerIteration = row.outerIteration
      case .evaluation(let row): contents.evaluated = row.outerIteration
      }
    }
  }

  /// The newest outer-iteration that has its row; throws once a row could not be written.
  func outerIteration() throws -> Int {
    try contents.withLock { contents in
      if let failure = contents.failure { throw failure }
      return contents.outerIteration
    }
  }

  /// The newest outer-iteration whose evaluation has its row, as far back as the one at which the run went on.
  var evaluated: Int? { contents.withLock { $0.evaluated } }

  /// Makes the rows durable.
  func sync() throws { try rows.sync() }
}
