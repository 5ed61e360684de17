import Files
package import Foundation

/// The folder of a run's state: the one place that knows where everything in it lies.
///
/// What lies in `snapshots` and `training` has names that ``RecordedFiles`` gives, and which shards were found sound is
/// remembered in a file whose name is that of data sets' own memory. The page ARCHITECTURE.md lists all of it.
package struct StateFolder: Sendable {
  /// The folder itself.
  package let url: URL

  /// Names a folder, which need not be there.
  package init(_ url: URL) { self.url = url }

  /// The file that the process that trains locks, with its number and name: see ``StateLock``.
  package var lock: URL { url.appending(path: "lock") }

  /// The Unix socket on which the daemon that trains serves its owner, where its configuration names no other.
  package var socket: URL { url.appending(path: "daemon.sock") }

  /// The folder of the states that a run goes on from.
  package var states: URL { url.appending(path: "training") }

  /// The folder of the snapshots of θ: see ``SnapshotStore``.
  package var snapshots: URL { url.appending(path: "snapshots") }

  /// The newest rows of the run's log.
  package var log: URL { url.appending(path: "log.jsonl") }

  /// The folder of the rows as events of TensorBoard.
  package var tensorBoard: URL { url.appending(path: "tensorboard") }

  /// The file that remembers what tuned Adam comes to on the tasks of the run's evaluation.
  package var baseline: URL { url.appending(path: "adam.json") }

  /// The parts of the log that are full, the oldest first.
  ///
  /// - Throws: ``FileError`` where the folder cannot be read.
  package func fullLogs() throws -> [URL] {
    try fullLogNumbers().map(fullLog)
  }

  private func fullLogNumbers() throws -> [Int] {
    try SystemCall.names(in: url.path).compactMap(Self.logNumber).sorted()
  }

  /// The place of the part of the log that is full next: `log-000001.jsonl` is the first.
  ///
  /// - Throws: ``FileError`` where the folder cannot be read, ``SnapshotError`` where no number is left.
  package func nextFullLog() throws -> URL {
    let number = try fullLogNumbers().last ?? 0
    guard number < RecordedFiles.highestStep else {
      throw SnapshotError(.exists, "\(fullLog(number).path): no number is left above it: move that file away")
    }
    return fullLog(number + 1)
  }

  private func fullLog(_ number: Int) -> URL { url.appending(path: "log-\(number.digits(atLeast: 6)).jsonl") }

  /// Returns the number in the name of a full log; nil for any other name.
  private static func logNumber(_ name: String) -> Int? {
    name.wholeMatch(of: /log-(\d{6}|[1-9]\d{6,17})\.jsonl/).flatMap { Int($0.1) }
  }
}
