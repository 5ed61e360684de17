package import Foundation

/// Reading of whole files.
package enum FileReading {
  /// Returns the bytes of a file.
  /// - Throws: ``FileError`` that names the file, where it cannot be read.
  package static func data(_ url: URL) throws -> Data {
    do {
      return try Data(contentsOf: url)
    } catch let error as CocoaError {
      let number: Int32 = error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile ? ENOENT : EIO
      throw FileError(operation: number == ENOENT ? "open" : "read", path: url.path, number: number)
    }
  }
}
