package import Foundation

/// Reading of whole files.
package enum FileReading {
  /// Returns the bytes of a file.
  /// - Throws: ``FileError`` that names the file, where it cannot be read.
  package static func data(_ url: URL) throws -> Data { try data(url, options: []) }

  /// Returns the bytes of a file that may be large: they are read from the disk as they are looked at.
  /// - Throws: ``FileError`` that names the file, where it cannot be opened.
  package static func mapped(_ url: URL) throws -> Data { try data(url, options: .alwaysMapped) }

  private static func data(_ url: URL, options: Data.ReadingOptions) throws -> Data {
    do {
      return try Data(contentsOf: url, options: options)
    } catch let error as CocoaError {
      let number: Int32 = error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile ? ENOENT : EIO
      throw FileError(operation: number == ENOENT ? "open" : "read", path: url.path, number: number)
    }
  }
}
