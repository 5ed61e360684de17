/// The bytes of a JPEG.
struct JPEGFile {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Decodes the file, in the mode `scaled` at the scale that is left after ``JPEGReduction``.
  func decode(with decoder: TurboJPEG, _ settings: DecodingSettings) throws(UndecodableImage) -> Picture {
    let header = try decoder.header(bytes)
    try UndecodableImage.check(header.width, header.height, maxPixels: settings.maxPixels)
    let reduction =
      settings.mode == .full
      ? 1 : JPEGReduction.factor(width: header.width, height: header.height, size: settings.size)
    if reduction > 1, let common = BaselineJPEG(bytes), (common.width, common.height) == (header.width, header.height),
      let pixels = common.decode(reduction: reduction)
    {
      return Picture(width: header.width, height: header.height, reduction: reduction, pixels: pixels)
    }
    let output = try complete(decoder, header, reduction: reduction)
    let pixels = header.isCMYK ? Self.rgb(invertedCMYK: output.pixels) : output.pixels
    return Picture(
      width: header.width, height: header.height, reduction: reduction, pixels: pixels, warning: output.warning)
  }

  /// The library's output where it lost no data.
  ///
  /// The library only warns where data are missing, and invents grey; its warnings differ by their texts alone. Of
  /// several it keeps the last, and tells the first when asked to stop there: both are looked at.
  private func complete(
    _ decoder: TurboJPEG, _ header: TurboJPEG.Header, reduction: Int
  ) throws(UndecodableImage) -> TurboJPEG.Output {
    var file = bytes
    var output = try decoder.decode(file, header, reduction: reduction)
    if output.warning == Self.noEndOfImage {
      // Nothing but the marker may be missing: then there is no warning once it is there.
      file += [0xFF, 0xD9]
      output = try decoder.decode(file, header, reduction: reduction)
    }
    guard let last = output.warning else { return output }
    let first = decoder.firstWarning(file, header, reduction: reduction)
    for warning in [first, last] where Self.tellsOfLostData(warning) {
      throw UndecodableImage("lost data: \(warning)")
    }
    return output
  }

  private static let noEndOfImage = "Premature end of JPEG file"

  private static func tellsOfLostData(_ warning: String) -> Bool {
    warning == noEndOfImage || warning.hasSuffix("premature end of data segment")
  }

  /// Red, green and blue of inks that are stored inverted, as Adobe's programs do and everybody expects.
  /// - Parameter inks: [pixels, 4], 255 for no ink.
  /// - Returns: [pixels, 3]
  private static func rgb(invertedCMYK inks: [UInt8]) -> [UInt8] {
    var pixels = [UInt8]()
    pixels.reserveCapacity(inks.count / 4 * 3)
    for start in stride(from: 0, to: inks.count, by: 4) {
      let black = Int(inks[start + 3])
      for channel in 0..<3 { pixels.append(UInt8((Int(inks[start + channel]) * black + 127) / 255)) }
    }
    return pixels
  }
}
