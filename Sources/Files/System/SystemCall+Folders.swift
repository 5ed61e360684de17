package import Foundation

extension SystemCall {
  /// A file or folder in a folder, by its name.
  package struct FolderEntry {
    /// The name, in which bytes that are not UTF-8 are replaced.
    package var name: String
    /// Whether the name is UTF-8, so that the file can be opened by it.
    package var isUTF8: Bool
    /// The kind that the folder gives; nil where its file system gives none.
    package var kind: FileStatus.Kind?
  }

  /// Hands over the entries of a folder, in no order, without `.` and `..`. It does a million in a second, where
  /// Foundation makes URLs of them.
  ///
  /// - Throws: ``FileError``, whose operation is `open`, or `read` where the folder could not be read to its end; or
  ///   what `body` throws.
  package static func forEachEntry(in folder: String, _ body: (FolderEntry) throws -> Void) throws {
    guard let directory = opendir(folder) else { throw FileError(operation: "open", path: folder, number: errno) }
    defer { closedir(directory) }
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        guard errno == 0 else { throw FileError(operation: "read", path: folder, number: errno) }
        return
      }
      // Read where it is: the record ends with the name, before the 256 bytes that `d_name` is declared with.
      let bytes = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
        .assumingMemoryBound(to: CChar.self)
      let name = String(validatingCString: bytes)
      if name == "." || name == ".." { continue }
      let type = Int(entry.pointee.d_type)
      try body(
        FolderEntry(
          name: name ?? String(cString: bytes), isUTF8: name != nil,
          kind: type == Int(DT_UNKNOWN) ? nil : FileStatus.Kind(mode_t(type << 12))))
    }
  }

  /// Makes a folder whose parent is there. Its name is not durable yet.
  package static func makeOneFolder(_ path: String) throws { try check("create", path) { mkdir(path, 0o755) } }

  /// Removes a folder that is empty.
  package static func removeEmptyFolder(_ path: String) throws { try check("remove", path) { rmdir(path) } }

  /// Sets the permissions of a file.
  package static func setMode(_ path: String, _ mode: mode_t) throws {
    try check("change the mode of", path) { chmod(path, mode) }
  }

  /// Checks that this process may read a file.
  /// - Throws: ``FileError`` where it may not.
  package static func requireReadable(_ path: String) throws { try check("open", path) { access(path, R_OK) } }

  /// Checks, and changes nothing, that the files of a folder may be read and written, or that it can be made.
  package static func requireUsableFolder(_ path: String) throws {
    if access(path, F_OK) != 0, errno == ENOENT { return try requireMakable(path) }
    try check("open", path) { access(path, R_OK | X_OK) }
    guard try FileStatus(path).kind == .folder else {
      throw FileError(operation: "create", path: path, number: ENOTDIR)
    }
    try check("write to", path) { access(path, W_OK) }
  }

  private static func requireMakable(_ path: String) throws {
    let parent = URL(filePath: path).deletingLastPathComponent().path
    if access(parent, F_OK) != 0, errno == ENOENT, parent != path { return try requireMakable(parent) }
    try check("create", path) { access(parent, W_OK | X_OK) }
    guard try FileStatus(parent).kind == .folder else {
      throw FileError(operation: "create", path: path, number: ENOTDIR)
    }
  }
}
