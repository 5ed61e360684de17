import Foundation
import Support

/// A run's log: `log.jsonl` in its state folder, a row of JSON a line, which is only ever added to.
///
/// A row is one write, so that a process that is killed loses no more than the row it was writing.
final class RowFile: Sendable {
  private let path: String
  private let descriptor: Int32
  /// The rows of the outer-iteration at which the run goes on.
  let last: [LogRow]

  /// Opens the log of a run that goes on after an outer-iteration: rows above it, and a row that was cut, are removed.
  init(_ file: URL, resumingAt outerIteration: Int) throws {
    path = file.path
    descriptor = try SystemCall.open(path, O_RDWR | O_CREAT | O_APPEND)
    do {
      let data = try Data(contentsOf: file, options: .alwaysMapped)
      let length: Int
      (length, last) = Self.sound(data, upTo: outerIteration)
      if length < data.count { try SystemCall.truncate(descriptor, to: length, path: path) }
      if data.isEmpty { try SystemCall.syncFolder(file.deletingLastPathComponent().path) }
    } catch {
      SystemCall.close(descriptor)
      throw error
    }
  }

  deinit { SystemCall.close(descriptor) }

  /// The bytes to keep, and the rows of `outerIteration` among them; from the end, as a log may be long.
  ///
  /// A whole line that is no row, such as somebody's note, stays where it is.
  static func sound(_ data: Data, upTo outerIteration: Int) -> (length: Int, last: [LogRow]) {
    let newline = UInt8(ascii: "\n")
    var end = data.lastIndex(of: newline).map { $0 + 1 } ?? 0
    var length = end
    var last: [LogRow] = []
    while end > 0 {
      let start = data[..<(end - 1)].lastIndex(of: newline).map { $0 + 1 } ?? 0
      if let row = LogRow(line: data[start..<end]) {
        if row.outerIteration < outerIteration { break }
        if row.outerIteration > outerIteration { length = start } else { last.insert(row, at: 0) }
      }
      end = start
    }
    return (length, last)
  }

  /// Adds a row, or, where it throws, nothing.
  func append(_ row: LogRow) throws {
    try SystemCall.append(descriptor, row.line(), path: path)
  }

  /// Makes all rows durable.
  func sync() throws { try SystemCall.sync(descriptor, path: path) }
}
