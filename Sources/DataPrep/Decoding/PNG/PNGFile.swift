/// The bytes of a PNG file that is to be decoded.
struct PNGFile {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private let bytes: [UInt8]

  /// Reads the header.
  /// - Throws: `UndecodableImage` where there is none, or the image has more than `maxPixels`.
  init(_ bytes: [UInt8], maxPixels: Int) throws(UndecodableImage) {
    self.bytes = bytes
    // The first chunk is the header, which begins with width and height.
    guard bytes.count >= 24, chunkType(at: 8) == "IHDR" else { throw UndecodableImage("PNG without a header") }
    try UndecodableImage.check(integer(at: 16), integer(at: 20), maxPixels: maxPixels)
  }

  /// The bytes that decoding takes at most, with four channels.
  var memory: Int { integer(at: 16) * integer(at: 20) * 4 }

  /// Decodes the file to the values that it stores: alpha, gamma and colour profile are ignored.
  func decode() throws(UndecodableImage) -> Picture { try PNG.read(criticalChunks) }

  /// The file without texts, and without the chunks that libpng would apply to the values: gamma, transparent colour,
  /// profile. The names of the other chunks begin with a capital letter.
  private var criticalChunks: [UInt8] {
    var kept = Self.signature
    kept.reserveCapacity(bytes.count)
    var start = Self.signature.count
    while start + 12 <= bytes.count {
      let end = min(start + 12 + integer(at: start), bytes.count)
      if bytes[start + 4] & 0x20 == 0 { kept += bytes[start..<end] }
      start = end
    }
    return kept
  }

  private func integer(at offset: Int) -> Int {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private func chunkType(at start: Int) -> String {
    String(decoding: bytes[start + 4..<start + 8], as: UTF8.self)
  }
}
