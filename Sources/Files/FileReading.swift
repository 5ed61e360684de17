package import Foundation

/// Reading of whole files.
package enum FileReading {
  /// The most bytes that are read at once.
  private static let piece = 1 << 20

  /// Returns the bytes of a file, or of a pipe up to its end.
  /// - Throws: ``FileError`` that names the file and the system's reason, where it cannot be read.
  package static func data(_ url: URL) throws -> Data {
    let descriptor = try SystemCall.open(url.path, O_RDONLY)
    defer { SystemCall.close(descriptor) }
    var data = Data()
    data.reserveCapacity(try SystemCall.seekableSize(descriptor, path: url.path) ?? 0)
    while true {
      let bytes = try SystemCall.read(descriptor, piece, path: url.path)
      data.append(contentsOf: bytes)
      if bytes.count < piece { return data }
    }
  }

  /// Returns the bytes of a file that is mapped into memory, for large files of which little is looked at.
  /// - Throws: ``FileError`` that names the file and the system's reason, where it cannot be read.
  package static func mapped(_ url: URL) throws -> Data {
    SystemCall.close(try SystemCall.open(url.path, O_RDONLY))
    return try Data(contentsOf: url, options: .alwaysMapped)
  }
}
