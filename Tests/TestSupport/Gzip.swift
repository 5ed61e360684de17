import CZlib
package import Foundation

/// Reading and writing gzip files.
package enum Gzip {
  /// The uncompressed bytes of a gzip file.
  package static func read(_ url: URL) throws -> [UInt8] {
    guard let file = gzopen(url.path, "rb") else { throw CocoaError(.fileReadUnknown) }
    defer { gzclose_r(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Int(gzread(file, &piece, UInt32(piece.count)))
      if count < 0 { throw CocoaError(.fileReadCorruptFile) }
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
  }

  /// Writes `bytes` as a gzip file.
  package static func write(_ bytes: [UInt8], to url: URL) throws {
    guard let file = gzopen(url.path, "wb") else { throw CocoaError(.fileWriteUnknown) }
    let written = gzwrite(file, bytes, UInt32(bytes.count))
    guard gzclose_w(file) == Z_OK, Int(written) == bytes.count else { throw CocoaError(.fileWriteUnknown) }
  }
}
