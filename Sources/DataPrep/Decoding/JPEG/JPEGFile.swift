/// The bytes of a JPEG, and the reduction by which they are decoded.
struct JPEGFile {
  private let bytes: [UInt8]
  private let turbo: TurboJPEG
  /// The number by which each side is divided: 1, or in the mode `scaled` the factor of ``JPEGReduction``.
  private let reduction: Int

  /// Reads the header.
  /// - Throws: `UndecodableImage` where it cannot be read, or the image is too large.
  init(_ bytes: [UInt8], _ settings: DecodingSettings) throws(UndecodableImage) {
    self.bytes = bytes
    turbo = try TurboJPEG(bytes)
    let header = turbo.header
    try UndecodableImage.check(header.width, header.height, maxPixels: settings.maxPixels)
    reduction =
      settings.mode == .full
      ? 1
      : JPEGReduction.factor(
        width: header.width, height: header.height, size: settings.size, sampling: JPEGScans.sampling(in: bytes))
  }

  private var header: TurboJPEG.Header { turbo.header }

  /// The bytes that decoding takes: the pixels, and the coefficients where the library has to keep all of them.
  var memory: Int {
    let (width, height) = header.reduced(by: reduction)
    let pixels = width * height * header.channels
    let coefficients = Int(Double(header.width * header.height) * header.samplesPerPixel) * 2
    return JPEGScans.isOne(in: bytes) ? pixels : pixels + coefficients
  }

  /// Decodes the file to red, green and blue.
  /// - Throws: `UndecodableImage` where data are lost.
  func decode() throws(UndecodableImage) -> Picture {
    var picture = Picture(width: header.width, height: header.height, reduction: reduction, pixels: [])
    if reduction > 1, let common = BaselineJPEG(bytes), (common.width, common.height) == (header.width, header.height),
      let pixels = common.decode(reduction: reduction)
    {
      picture.pixels = pixels
      return picture
    }
    var output = try complete()
    if header.isCMYK { Self.turnToRGB(invertedCMYK: &output.pixels) }  // in place: it may be large
    (picture.pixels, picture.warning) = (output.pixels, output.warning)
    return picture
  }

  /// Returns the library's output where it lost no data.
  ///
  /// Where data are missing the library only warns, and invents grey; its warnings differ by their texts alone. Of
  /// several warnings it keeps the last, and tells the first when asked to stop there. Both are examined.
  private func complete() throws(UndecodableImage) -> TurboJPEG.Output {
    var file = bytes
    var output = try turbo.decode(file, reduction: reduction)
    if output.warning == Self.noEndOfImage {
      // Perhaps only the end marker is missing. Then there is no warning once it is there.
      file += [0xFF, 0xD9]
      output.pixels = []  // Two pictures at a time may be too much.
      output = try turbo.decode(file, reduction: reduction)
    }
    guard let last = output.warning else { return output }
    output.pixels = []
    let first = turbo.firstWarning(file, reduction: reduction)
    for warning in [first, last] where Self.tellsOfLostData(warning) {
      throw UndecodableImage("lost data: \(warning)")
    }
    return try turbo.decode(file, reduction: reduction)
  }

  private static let noEndOfImage = "Premature end of JPEG file"

  private static func tellsOfLostData(_ warning: String) -> Bool {
    warning == noEndOfImage || warning.hasSuffix("premature end of data segment")
  }

  /// Turns inks [pixels, 4] into red, green and blue [pixels, 3], in place.
  ///
  /// The inks are stored inverted, 255 for no ink, as Adobe's programs do and everybody expects.
  private static func turnToRGB(invertedCMYK pixels: inout [UInt8]) {
    let count = pixels.count / 4
    for pixel in 0..<count {
      let black = Int(pixels[4 * pixel + 3])
      for channel in 0..<3 {
        pixels[3 * pixel + channel] = UInt8((Int(pixels[4 * pixel + channel]) * black + 127) / 255)
      }
    }
    pixels.removeLast(count)
  }
}
