import Foundation

extension SystemCall {
  /// Whether an open file may be read, rather than only be written.
  package static func isReadable(_ descriptor: Int32) -> Bool {
    let flags = fcntl(descriptor, F_GETFL)
    return flags >= 0 && flags & O_ACCMODE != O_WRONLY
  }

  /// Reads the next bytes of a file: `count`, or fewer at the end.
  /// - Throws: ``FileError`` where that fails, as the other functions do.
  public static func read(_ descriptor: Int32, _ count: Int, path: String) throws -> [UInt8] {
    try fill(count) { rest in
      try check("read", path) { Foundation.read(descriptor, rest.baseAddress, rest.count) }
    }
  }

  /// Reads `count` bytes from `offset` on, or fewer at the end. The place from which the file is read next stays.
  public static func read(_ descriptor: Int32, _ count: Int, at offset: Int, path: String) throws -> [UInt8] {
    var position = offset
    return try fill(count) { rest in
      let read = try check("read", path) { pread(descriptor, rest.baseAddress, rest.count, off_t(position)) }
      position += read
      return read
    }
  }

  /// Moves to `offset` from the file's beginning.
  public static func seek(_ descriptor: Int32, to offset: Int, path: String) throws {
    try check("seek in", path) { lseek(descriptor, off_t(offset), SEEK_SET) }
  }

  /// Returns the size of a file in bytes; nil for a pipe and the like, in which one cannot move.
  public static func seekableSize(_ descriptor: Int32, path: String) throws -> Int? {
    let status = try FileStatus(descriptor, path: path)
    return status.kind == .file ? status.bytes : nil
  }

  /// Whether a path still names the file that is open.
  ///
  /// - Parameter followingLinks: whether a link there is what it leads to, rather than itself.
  package static func isSameFile(_ descriptor: Int32, _ path: String, followingLinks: Bool = false) -> Bool {
    guard let open = try? FileStatus(descriptor, path: path),
      let named = try? FileStatus(path, followingLinks: followingLinks)
    else { return false }
    return open.identity == named.identity
  }

  /// Returns the bytes that are free for everyone on the disk that holds a folder.
  public static func freeBytes(_ folder: String) throws -> Int {
    var status = statvfs()
    try check("look at the disk of", folder) { statvfs(folder, &status) }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  /// Returns new memory, filled by `read` until that returns 0.
  private static func fill(_ count: Int, _ read: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
      let bytes = UnsafeMutableRawBufferPointer(bytes)
      while filled < count {
        let piece = try read(UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<count]))
        if piece == 0 { return }
        filled += piece
      }
    }
  }
}
