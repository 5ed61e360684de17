import Files
import Foundation
import Synchronization

/// A snapshot's file that was checked against its record, open for reading in pieces by any number of threads.
package final class OpenSnapshot: Sendable {
  /// The record of the snapshot.
  package let record: SnapshotRecord
  let identity: FileIdentity
  private let descriptor: Int32
  private let path: String

  /// Opens the file of a record and compares its bytes with it, where that was not done before.
  /// - Throws: ``SnapshotError`` where they are other bytes, `FileError` where the file cannot be read.
  init(_ record: SnapshotRecord, at url: URL, verified: VerifiedFiles) throws {
    self.record = record
    path = url.path
    let descriptor = try SystemCall.open(url.path, O_RDONLY)
    self.descriptor = descriptor
    do {
      identity = FileIdentity(try FileStatus(descriptor, path: url.path))
    } catch {
      SystemCall.close(descriptor)
      throw error
    }
    guard !verified.contains(identity, record.sha256) else { return }
    guard identity.size == record.size, try Digest.sha256(of: descriptor, path: path) == record.sha256 else {
      throw RecordedFiles.damage(url)
    }
    verified.insert(identity, record.sha256)
  }

  deinit { SystemCall.close(descriptor) }

  /// Returns the bytes of a range, which is not empty and lies in the file.
  /// - Throws: ``SnapshotError`` where the file has become shorter, `FileError` where it cannot be read.
  package func bytes(_ range: Range<Int>) throws -> [UInt8] {
    let bytes = try SystemCall.read(descriptor, range.count, at: range.lowerBound, path: path)
    guard bytes.count == range.count else { throw RecordedFiles.damage(URL(filePath: path)) }
    return bytes
  }
}

/// The memory of which files have the bytes of their records, so that each is read and hashed once as long as nobody
/// changes it. It also shares files that are open.
package final class VerifiedFiles: Sendable {
  private struct Weak { weak var snapshot: OpenSnapshot? }

  private let digests = Mutex<[FileIdentity: String]>([:])
  private let open = Mutex<[String: Weak]>([:])

  /// Makes an empty memory.
  package init() {}

  /// Returns whether a file, as it is now, was found to have a digest.
  func contains(_ identity: FileIdentity, _ sha256: String) -> Bool { digests.withLock { $0[identity] == sha256 } }

  /// Remembers that a file has a digest. A file that was changed a moment ago may change again unseen: it is not
  /// remembered.
  /// - Parameter identity: what the file was before its bytes were read.
  func insert(_ identity: FileIdentity, _ sha256: String) {
    guard identity.isSettled else { return }
    digests.withLock { digests in
      // Far more than the snapshots that retention keeps.
      if digests.count >= 10_000 { digests.removeAll() }
      digests[identity] = sha256
    }
  }

  /// Returns the open file of a record, which others may have open too.
  /// - Throws: ``SnapshotError`` where its bytes are not those of the record, `FileError` where it cannot be read.
  func opened(_ record: SnapshotRecord, at url: URL) throws -> OpenSnapshot {
    let known = open.withLock { $0[url.path]?.snapshot }
    if let known, known.record == record,
      (try? FileStatus(url.path, followingLinks: false)).map(FileIdentity.init) == known.identity
    {
      return known
    }
    let new = try OpenSnapshot(record, at: url, verified: self)
    open.withLock { open in
      open = open.filter { $0.value.snapshot != nil }
      open[url.path] = Weak(snapshot: new)
    }
    return new
  }
}
