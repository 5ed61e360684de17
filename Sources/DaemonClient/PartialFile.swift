import Files
import Foundation
import Snapshots

/// A file that is being downloaded. It lies beside the final one, under a name that depends on the snapshot alone, so
/// that a later process goes on with it after a break.
///
/// One process writes to it at a time. It gets its final name only once its SHA-256 is right.
final class PartialFile {
  private let record: SnapshotRecord
  private let target: URL
  private let path: String
  private let descriptor: Int32
  /// The number of bytes that are there.
  private(set) var size: Int

  /// Opens the file that an earlier try left, or makes a new one, and locks it.
  /// - Throws: ``SnapshotError`` where another process fetches the same.
  init(_ record: SnapshotRecord, for target: URL) throws {
    self.record = record
    self.target = target
    let path = "\(target.path).\(record.sha256.prefix(16))\(AtomicFile.temporarySuffix)"
    self.path = path
    descriptor = try Self.open(path, target)
    size = try SystemCall.seekableSize(descriptor, path: path) ?? 0
    if size > record.size { try empty() }
    try SystemCall.seek(descriptor, to: size, path: path)
  }

  deinit { SystemCall.close(descriptor) }

  private static func open(_ path: String, _ target: URL) throws -> Int32 {
    while true {
      let descriptor = try SystemCall.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
      do {
        guard try SystemCall.lock(descriptor, path: path) else {
          throw SnapshotError(
            .locked, "\(target.path): another process fetches it; wait for that, or choose another --output")
        }
      } catch {
        SystemCall.close(descriptor)
        throw error
      }
      // Who held it may have given it its final name meanwhile.
      if SystemCall.isSameFile(descriptor, path) { return descriptor }
      SystemCall.close(descriptor)
    }
  }

  /// Adds bytes at the end.
  func append(_ data: Data) throws {
    try SystemCall.write(descriptor, data, path: path)
    size += data.count
  }

  /// Removes all bytes, to begin anew.
  func empty() throws {
    try SystemCall.truncate(descriptor, path: path)
    try SystemCall.seek(descriptor, to: 0, path: path)
    size = 0
  }

  /// Gives a whole file its final name, durably; returns false where its bytes are not those of the record.
  func finish() throws -> Bool {
    try SystemCall.sync(descriptor, path: path)
    guard try size == record.size && Digest.sha256(fileAt: URL(filePath: path)) == record.sha256 else { return false }
    try SystemCall.rename(path, to: target.path)
    try SystemCall.syncFolder(target.deletingLastPathComponent().path)
    return true
  }

  /// Removes the file.
  func remove() { try? SystemCall.removeFile(path) }
}
