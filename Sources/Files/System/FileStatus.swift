import Foundation

/// The status of a file or folder, from `stat(2)`, `lstat(2)` and `fstat(2)`.
package struct FileStatus: Sendable {
  /// The kinds of thing that a path may name.
  package enum Kind: Sendable, Equatable { case file, folder, link, pipe, socket, characterDevice, other }

  /// The identity of a file, by whichever name it is reached. The number of an inode alone is used again on every disk.
  package struct Identity: Hashable, Sendable {
    /// The number of the disk.
    package var device: UInt64
    /// The number of the file on its disk.
    package var inode: UInt64
  }

  /// The identity of the file.
  package let identity: Identity
  /// The kind of the file.
  package let kind: Kind
  /// The size in bytes.
  package let bytes: Int
  /// The time at which its bytes were changed last, in whole seconds since 1970.
  package let changedSeconds: Int
  /// The nanoseconds of that time beyond the whole seconds.
  package let changedNanoseconds: Int
  /// The time at which its bytes, or what the system notes of it, were changed last, in whole seconds since 1970. No
  /// program can set it.
  package let statusSeconds: Int
  /// The nanoseconds of that time beyond the whole seconds.
  package let statusNanoseconds: Int

  /// Looks up a path.
  /// - Parameter followingLinks: whether a link is what it leads to, rather than itself.
  /// - Throws: ``FileError`` where nothing is there, or it may not be looked at.
  package init(_ path: String, followingLinks: Bool = true) throws {
    var status = stat()
    try SystemCall.check("look at", path) { followingLinks ? stat(path, &status) : lstat(path, &status) }
    self.init(status)
  }

  /// Looks up a path, following links; nil where nothing is there.
  /// - Throws: ``FileError`` where that cannot be told, for example as this user may not look into the folder.
  package static func ifThere(_ path: String) throws -> FileStatus? {
    do { return try FileStatus(path) } catch let error as FileError where error.isAbsence { return nil }
  }

  /// Looks up an open file.
  /// - Parameters:
  ///   - descriptor: the open file.
  ///   - path: what an error calls it.
  /// - Throws: ``FileError`` where the system refuses.
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
    statusSeconds = Int(status.st_ctim.tv_sec)
    statusNanoseconds = Int(status.st_ctim.tv_nsec)
  }
}

extension FileStatus.Kind {
  /// Reads the kind from the bits of a mode; the other bits are passed over.
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
