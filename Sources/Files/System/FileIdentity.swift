import Foundation

/// What tells one state of a file from another without reading it: the file, its size, and when it was changed.
///
/// A change within the resolution of the file system's clock, some milliseconds, may go unseen; ``isSettled`` tells when
/// that is over. Device numbers change at reboot on some file systems, so this is for one process only.
package struct FileIdentity: Hashable, Sendable {
  private let file: FileStatus.Identity
  private let modified: [Int]
  private let changed: [Int]
  /// The size in bytes.
  package let size: Int
  /// Whether nobody changed the file in the last two seconds.
  package let isSettled: Bool

  /// Takes it from a file's status.
  package init(_ status: FileStatus) {
    file = status.identity
    modified = [status.changedSeconds, status.changedNanoseconds]
    changed = [status.statusSeconds, status.statusNanoseconds]
    size = status.bytes
    isSettled = Double(status.statusSeconds) + 2 < Date().timeIntervalSince1970
  }

  /// Whether two are the same file with the same contents; mode and owner may have changed.
  package func isSameFile(as other: FileIdentity) -> Bool {
    file == other.file && size == other.size && modified == other.modified
  }

  package static func == (a: FileIdentity, b: FileIdentity) -> Bool { a.isSameFile(as: b) && a.changed == b.changed }

  package func hash(into hasher: inout Hasher) { hasher.combine(file.inode) }
}
