import CZlib
import Files
import Foundation

// Every call of zlib is in this file.

/// A file, plain or gzip, read from its beginning; which of the two it is, zlib finds out.
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

  /// Fills `bytes` with what comes next. Returns how many bytes there were: fewer only at the end.
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
}

/// Inflates a bare stream of deflate (RFC 1951), piece by piece.
final class Inflater {
  private var stream = z_stream()
  /// What the stream still has to read; it stays in place as zlib points into it.
  private var input: [UInt8] = []
  private var consumed = 0

  init() {
    // Negative window bits: neither zlib's nor gzip's header.
    let result = inflateInit2_(&stream, -MAX_WBITS, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    precondition(result == Z_OK, "zlib is the version that this was built with, and has memory")
  }

  deinit { inflateEnd(&stream) }

  /// The next `count` inflated bytes, fewer at the stream's end.
  /// - Parameter more: returns the next piece of the compressed bytes, none at their end.
  /// - Returns: nil where the stream is damaged or not complete.
  func read(_ count: Int, more: () throws -> [UInt8]) throws -> [UInt8]? {
    var output = [UInt8](repeating: 0, count: count)
    var produced = 0
    while produced < count {
      if consumed == input.count {
        input = try more()
        consumed = 0
      }
      let result = step(&output, &produced)
      if result == Z_STREAM_END { return Array(output[..<produced]) }
      guard result == Z_OK, produced == count || !input.isEmpty else { return nil }
    }
    return output
  }

  private func step(_ output: inout [UInt8], _ produced: inout Int) -> Int32 {
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress.map { $0 + consumed }
        stream.avail_in = UInt32(input.count - consumed)
        stream.next_out = output.baseAddress.map { $0 + produced }
        stream.avail_out = UInt32(output.count - produced)
        let result = inflate(&stream, Z_NO_FLUSH)
        consumed = input.count - Int(stream.avail_in)
        produced = output.count - Int(stream.avail_out)
        return result
      }
    }
  }
}

/// The check sum of zip archives.
struct CRC32 {
  private(set) var value: UInt = crc32(0, nil, 0)

  mutating func add(_ bytes: [UInt8]) { value = crc32(value, bytes, UInt32(bytes.count)) }
}

/// Checksums of archives.
enum Checksum {
  /// The CRC-32 of bytes that follow others, of which it is `previous`; of none it is 0.
  static func crc32(_ bytes: [UInt8], after previous: UInt32 = 0) -> UInt32 {
    UInt32(crc32_z(UInt(previous), bytes, bytes.count))
  }
}
