import CZlib

/// Inflates a bare stream of deflate (RFC 1951), piece by piece.
final class Inflater {
  private var stream = z_stream()
  /// The piece of compressed bytes that is being inflated. It stays in place, because zlib points into it.
  private var input: [UInt8] = []
  private var consumed = 0

  /// Returns the most bytes that deflate, and gzip with it, makes of this many: 258 of two bits, at the best.
  static func mostBytes(from compressed: Int) -> Int {
    let (most, overflow) = compressed.multipliedReportingOverflow(by: 1032)
    return overflow ? .max : most
  }

  init() {
    // Negative window bits: neither zlib's nor gzip's header.
    let result = inflateInit2_(&stream, -MAX_WBITS, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    precondition(result == Z_OK, "zlib is the version that this was built with, and has memory")
  }

  deinit { inflateEnd(&stream) }

  /// Returns the next `count` inflated bytes, fewer at the stream's end.
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
