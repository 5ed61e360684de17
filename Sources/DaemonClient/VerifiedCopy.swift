import Files
import Foundation
import Snapshots

/// A copy of a file whose SHA-256 is known.
enum VerifiedCopy {
  /// Copies a file, durably and in one step.
  /// - Throws: ``SnapshotError`` where the copy's SHA-256 is another one, `FileError` where the disk fails.
  static func make(of source: URL, to target: URL, sha256: String) throws {
    let temporary = AtomicFile.temporary(for: target)
    do {
      let input = try SystemCall.open(source.path, O_RDONLY)
      defer { SystemCall.close(input) }
      let output = try SystemCall.open(temporary.path, O_WRONLY | O_CREAT | O_EXCL)
      defer { SystemCall.close(output) }
      while true {
        let piece = try SystemCall.read(input, 1 << 20, path: source.path)
        if piece.isEmpty { break }
        try SystemCall.write(output, Data(piece), path: target.path)
      }
      try SystemCall.sync(output, path: target.path)
      guard try Digest.sha256(fileAt: temporary) == sha256 else {
        throw SnapshotError(.damaged, "\(source.path): damaged: its SHA-256 is not the one that it is kept under")
      }
      try SystemCall.rename(temporary.path, to: target.path)
    } catch {
      try? SystemCall.removeFile(temporary.path)
      throw error
    }
    try SystemCall.syncFolder(target.deletingLastPathComponent().path)
  }
}
