import CZlib
import Files
import Foundation

/// A file, plain or gzip, that is read from its beginning. zlib finds out which of the two it is.
final class GzipReader {
  private let file: gzFile
  let path: String

  init(_ url: URL) throws {
    path = url.path
    guard let file = gzopen(path, "rb") else {
      throw DataPrepError(.missing, path, "cannot be opened: \(String(cString: strerror(errno)))")
    }
    self.file = file
    gzbuffer(file, 1 << 17)
  }

  deinit { gzclose_r(file) }

  /// Fills `bytes` with what comes next.
  /// - Returns: the number of bytes that were filled in: fewer than all only at the end.
  /// - Throws: ``DataPrepError`` where the file is damaged, cut or cannot be read.
  func read(into bytes: inout [UInt8]) throws -> Int {
    errno = 0
    let count = Int(gzread(file, &bytes, UInt32(bytes.count)))
    var code: Int32 = 0
    // zlib names the file before what is wrong with it.
    let message = String(cString: gzerror(file, &code)).replacing("\(path): ", with: "")
    switch code {
    case Z_OK, Z_STREAM_END: return count
    case Z_BUF_ERROR: throw DataPrepError(.damaged, path, "the gzip file is truncated: fetch it again")
    case Z_ERRNO: throw DataPrepError(.missing, path, "cannot be read: \(String(cString: strerror(errno)))")
    default: throw DataPrepError(.damaged, path, "the gzip file is damaged (\(message)): fetch it again")
    }
  }

  /// Returns a text that is the same for all files of the same content, be they compressed or not.
  /// - Throws: ``DataPrepError`` where the file is damaged, cut or cannot be read.
  func contentDigest() throws -> String {
    var digest = ""
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try read(into: &piece)
      digest = Digest.sha256(Data(digest.utf8) + piece[..<count])
      if count < piece.count { return digest }
    }
  }
}
