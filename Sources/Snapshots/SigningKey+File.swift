import Files
public import Foundation

extension SigningKey {
  /// Writes the key to a new file that only its owner may read, and its public half beside it, with `.pub` behind.
  ///
  /// - Returns: the file of the public half.
  /// - Throws: `FileError` where either exists, as a key is never written over, or cannot be written.
  public func write(to file: URL) throws -> URL {
    let publicFile = URL(filePath: file.path + ".pub")
    try Self.make(file, text, mode: 0o600)
    do {
      try Self.make(publicFile, publicKey.text, mode: 0o644)
    } catch {
      try? SystemCall.removeFile(file.path)
      throw error
    }
    try SystemCall.syncFolder(file.deletingLastPathComponent().path)
    return publicFile
  }

  private static func make(_ file: URL, _ text: String, mode: mode_t) throws {
    let descriptor = try SystemCall.open(file.path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    do {
      defer { SystemCall.close(descriptor) }
      try SystemCall.write(descriptor, Data(text.utf8), path: file.path)
      try SystemCall.sync(descriptor, path: file.path)
    } catch {
      try? SystemCall.removeFile(file.path)
      throw error
    }
  }
}
