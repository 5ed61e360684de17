import Foundation

/// What tells one state of a file from another without reading it: the file, its size, and when it was changed.
///
/// A change within the resolution of the file system's clock, some milliseconds, may go unseen; ``isSettled`` tells when
/// that is over. Device numbers change at reboot on some file systems, so this is for one process only.
package struct FileIdentity: Hashable, Sendable {
  private var device: UInt64
  private var inode: UInt64
  private var modified: [Int]
  private var changed: [Int]
  /// The size in bytes.
  package let size: Int
  /// Whether nobody changed the file in the last two seconds.
  package let isSettled: Bool

  /// Looks at an open file.
  /// - Throws: ``FileError`` where that fails.
  package init(_ descriptor: Int32, path: String) throws {
    var status = stat()
    try SystemCall.check("look at", path) { fstat(descriptor, &status) }
    self.init(status)
  }

  /// Looks at what a path names, which may be a symbolic link.
  /// - Throws: ``FileError`` where nothing is there.
  package init(path: String) throws {
    var status = stat()
    try SystemCall.check("look at", path) { lstat(path, &status) }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    size = Int(status.st_size)
    isSettled = Double(status.st_ctim.tv_sec) + 2 < Date().timeIntervalSince1970
  }

  /// Whether two are the same file with the same contents; mode and owner may have changed.
  package func isSameFile(as other: FileIdentity) -> Bool {
    device == other.device && inode == other.inode && size == other.size && modified == other.modified
  }

  package static func == (a: FileIdentity, b: FileIdentity) -> Bool { a.isSameFile(as: b) && a.changed == b.changed }

  package func hash(into hasher: inout Hasher) { hasher.combine(inode) }
}
