import Files
import Foundation
import Snapshots
import Synchronization

/// The log of a run: `log.jsonl` in its state folder, a row of JSON a line, which is only ever added to.
///
/// A row is one write, so that a process that is killed loses no more than the row it was writing. A file that is full
/// becomes `log-000001.jsonl` and so on, and a new one begins.
final class LogFile: Sendable {
  /// The size in bytes that no file passes.
  static let largest = 100_000_000

  private struct Open {
    var descriptor: Int32
    var size: Int
  }

  private let folder: StateFolder
  private let largest: Int
  private let open: Mutex<Open>
  /// The rows of the outer-iteration at which the run goes on.
  let last: [LogRow]

  /// Opens the log of a run that goes on after an outer-iteration. Rows of later ones, and a row that was cut, are
  /// removed.
  /// - Throws: `FileError` where that fails.
  init(in folder: StateFolder, resumingAt outerIteration: Int, largest: Int = largest) throws {
    self.folder = folder
    self.largest = largest
    let file = folder.log
    var found = try Self.opened(file, upTo: outerIteration)
    // A file that began after the outer-iteration holds nothing now: the one before it goes on.
    while found.open.size == 0, let full = try folder.fullLogs().last {
      SystemCall.close(found.open.descriptor)
      try SystemCall.rename(full.path, to: file.path)
      found = try Self.opened(file, upTo: outerIteration)
    }
    last = found.last
    open = Mutex(found.open)
  }

  private static func opened(_ file: URL, upTo outerIteration: Int) throws -> (open: Open, last: [LogRow]) {
    let descriptor = try SystemCall.open(file.path, O_RDWR | O_CREAT | O_APPEND)
    do {
      let data = try FileReading.mapped(file)
      let (length, last) = sound(data, upTo: outerIteration)
      if length < data.count { try SystemCall.truncate(descriptor, to: length, path: file.path) }
      if data.isEmpty { try SystemCall.syncFolder(file.deletingLastPathComponent().path) }
      return (Open(descriptor: descriptor, size: length), last)
    } catch {
      SystemCall.close(descriptor)
      throw error
    }
  }

  deinit { open.withLock { SystemCall.close($0.descriptor) } }

  /// Returns the number of bytes to keep, and the rows of `outerIteration` among them. It looks from the end, as a log
  /// may be long.
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

  /// Adds a row. Where that throws, nothing is added.
  func append(_ row: LogRow) throws {
    let line = try row.line()
    try open.withLock { open in
      if open.size > 0, open.size + line.count > largest { try beginFile(&open) }
      try SystemCall.append(open.descriptor, line, path: folder.log.path)
      open.size += line.count
    }
  }

  /// Puts a full file aside and begins a new one. Where no new one can be made the full one keeps its name, so that the
  /// next row tries again.
  private func beginFile(_ open: inout Open) throws {
    let file = folder.log
    try SystemCall.sync(open.descriptor, path: file.path)
    let full = try folder.nextFullLog().path
    try SystemCall.rename(file.path, to: full)
    let descriptor: Int32
    do { descriptor = try SystemCall.open(file.path, O_RDWR | O_CREAT | O_APPEND) } catch {
      try SystemCall.rename(full, to: file.path)
      throw error
    }
    SystemCall.close(open.descriptor)
    open = Open(descriptor: descriptor, size: 0)
    try SystemCall.syncFolder(folder.url.path)
  }

  /// Makes all rows durable.
  func sync() throws { try open.withLock { try SystemCall.sync($0.descriptor, path: folder.log.path) } }
}
