import Foundation

/// What the system says of a file: `stat(2)`, `lstat(2)` and `fstat(2)`.
package struct FileStatus: Sendable {
  /// What lies at a path.
  package enum Kind: Sendable, Equatable { case file, folder, link, pipe, socket, characterDevice, other }

  /// Which file it is, by whichever name: the number of an inode alone is used again on every disk.
  package struct Identity: Hashable, Sendable {
    /// The number of the disk, or of the part of it.
    package var device: UInt64
    /// The number of the file on that.
    package var inode: UInt64
  }

  /// Which file it is.
  package let identity: Identity
  /// What it is.
  package let kind: Kind
  /// The number of bytes in it.
  package let bytes: Int
  /// When its bytes were changed last, since 1970: whole seconds.
  package let changedSeconds: Int
  /// When its bytes were changed last: the rest of the second.
  package let changedNanoseconds: Int

  /// Looks up a path.
  ///
  /// - Parameter followingLinks: whether a link is what it leads to, rather than itself.
  /// - Throws: ``FileError`` where nothing is there, or it may not be looked at.
  package init(_ path: String, followingLinks: Bool = true) throws {
    var status = stat()
    try SystemCall.check("look at", path) { followingLinks ? stat(path, &status) : lstat(path, &status) }
    self.init(status)
  }

  /// Looks at an open file.
  ///
  /// - Parameters:
  ///   - descriptor: the open file.
  ///   - path: what an error calls it.
  package init(_ descriptor: Int32, path: String) throws {
    var status = stat()
    try SystemCall.check("look at", path) { fstat(descriptor, &status) }
    self.init(status)
  }

  private init(_ status: stat) {
    identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    kind = Kind(status.st_mode)
    bytes = Int(status.st_size)
    changedSeconds = Int(status.st_mtim.tv_sec)
    changedNanoseconds = Int(status.st_mtim.tv_nsec)
  }
}

extension FileStatus.Kind {
  /// Finds the kind in the system's word for it.
  ///
  /// - Parameter mode: the system's bits of a file's kind; others are passed over.
  init(_ mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .link
    case S_IFIFO: self = .pipe
    case S_IFSOCK: self = .socket
    case S_IFCHR: self = .characterDevice
    default: self = .other
    }
  }
}
