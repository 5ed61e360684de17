public import Foundation

/// Writing of files that are there whole or not at all, and that stay there once they are.
public enum AtomicFile {
  /// The ending of the name of a file that is being written. A file found with it belongs to a process that was
  /// stopped, or to one that is still writing.
  public static let temporarySuffix = ".partial"

  /// The number of random digits in a temporary name.
  private static let digits = 8

  /// Returns a name beside `url` that no other process writes to.
  public static func temporary(for url: URL) -> URL {
    URL(filePath: "\(url.path).\(UUID().uuidString.prefix(digits))\(temporarySuffix)")
  }

  /// Returns whether a name may be one that ``temporary(for:)`` gave for the file `name`.
  public static func isTemporary(_ temporary: String, for name: String) -> Bool {
    guard temporary.hasPrefix(name + "."), temporary.hasSuffix(temporarySuffix) else { return false }
    let random = temporary.dropFirst(name.count + 1).dropLast(temporarySuffix.count)
    return random.count == digits && random.allSatisfy(\.isHexDigit)
  }

  /// Checks that a file can be made at `url`, before a command computes for minutes. A file that is there stays as it
  /// is.
  /// - Throws: ``FileError`` where it cannot, for example because its folder is missing.
  public static func requireWritable(_ url: URL) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
      throw FileError(operation: "create", path: url.path, number: EISDIR)
    }
    let temporary = temporary(for: url).path
    do { SystemCall.close(try SystemCall.open(temporary, O_WRONLY | O_CREAT | O_EXCL)) } catch let error as FileError {
      throw FileError(operation: error.operation, path: url.path, number: error.number)
    }
    try? SystemCall.removeFile(temporary)
  }

  /// Removes the temporary files that stopped processes left beside `url`; no other process may write there.
  /// - Throws: ``FileError`` or Foundation's error where that fails.
  public static func removeTemporaries(for url: URL) throws {
    let folder = url.deletingLastPathComponent()
    for name in try SystemCall.names(in: folder.path)
    where isTemporary(name, for: url.lastPathComponent) {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  /// Writes `data` to a temporary name beside `url`, syncs it, renames it, and syncs the folder.
  ///
  /// A file at `url` is replaced in one step; after an error it is as it was.
  /// - Throws: ``FileError`` where any of that fails.
  public static func write(_ data: Data, to url: URL) throws {
    let temporary = temporary(for: url).path
    let descriptor = try SystemCall.open(temporary, O_WRONLY | O_CREAT | O_EXCL)
    do {
      defer { SystemCall.close(descriptor) }
      try SystemCall.write(descriptor, data, path: url.path)
      try SystemCall.sync(descriptor, path: url.path)
      try SystemCall.rename(temporary, to: url.path)
    } catch {
      try? SystemCall.removeFile(temporary)
      throw error
    }
    try SystemCall.syncFolder(url.deletingLastPathComponent().path)
  }

  /// Writes a value as ``JSONText``, as ``write(_:to:)`` does; the same value gives the same bytes.
  /// - Throws: ``FileError`` where writing fails, or the encoder's error.
  public static func writeJSON(_ value: some Encodable, to url: URL) throws {
    try write(JSONText.data(value), to: url)
  }
}
