package import Foundation

/// Reading of whole files. Each kind of file has a size above which no such file is: what has more, as a device does that
/// never ends, is refused instead of filling the memory.
package enum FileReading {
  /// The most bytes of a secret or a key, which is a line.
  package static let mostOfSecret = 64 << 10
  /// The most bytes of what people write and of JSON: a configuration, a plan, a list, certificates, a record, a manifest.
  package static let mostOfText = 64 << 20
  /// The most bytes of a file of weights or tensors that a user names.
  package static let mostOfTensors = 256 << 20
  /// The most bytes of a run's state, which has the inner state of each worker.
  package static let mostOfState = 16 << 30
  /// The most bytes of a file that tools only add to: a log, a journal.
  package static let mostOfLog = 4 << 30

  /// The most bytes that are read at once.
  private static let piece = 1 << 20

  /// Returns the bytes of a file, or of a pipe up to its end.
  /// - Parameter most: the most bytes that a file of its kind has.
  /// - Throws: ``FileError`` that names the file and the system's reason, where it cannot be read, or has more bytes.
  package static func data(_ url: URL, atMost most: Int) throws -> Data {
    let descriptor = try SystemCall.open(url.path, O_RDONLY)
    defer { SystemCall.close(descriptor) }
    let size = try SystemCall.seekableSize(descriptor, path: url.path) ?? 0
    var data = Data()
    while true {
      guard max(size, data.count) <= most else {
        var error = FileError(operation: "read", path: url.path, number: EFBIG)
        error.mostBytes = most
        throw error
      }
      data.reserveCapacity(size)
      let bytes = try SystemCall.read(descriptor, piece, path: url.path)
      data.append(contentsOf: bytes)
      if bytes.count < piece, data.count <= most { return data }
    }
  }

  /// Returns the bytes of a file that is mapped into memory, for large files of which little is looked at.
  /// - Throws: ``FileError`` that names the file and the system's reason, where it cannot be read.
  package static func mapped(_ url: URL) throws -> Data {
    SystemCall.close(try SystemCall.open(url.path, O_RDONLY))
    return try Data(contentsOf: url, options: .alwaysMapped)
  }
}
