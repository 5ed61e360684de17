/// Decodes image files and squeezes the whole of each to a square.
///
/// One per thread: it holds its buffers and the JPEG library's handle. JPEG and PNG are told apart by their first bytes,
/// never by name. An EXIF orientation is ignored, as in the published downsampled sets.
final class ImageDecoder {
  private let settings: DecodingSettings
  private let jpeg: TurboJPEG
  private let resampler: Resampler

  /// - Throws: ``DataPrepError`` where the JPEG library cannot be set up.
  init(_ settings: DecodingSettings) throws {
    self.settings = settings
    jpeg = try TurboJPEG()
    resampler = Resampler(size: settings.size, filter: settings.filter)
  }

  /// What all decoders of the process may take together: one picture of 100 million pixels takes more.
  private static let memory = MemoryBudget(256 << 20)

  /// Decodes one file. What is wrong with it is part of the result: it never stops a build.
  func decode(_ file: [UInt8]) -> DecodedImage {
    // Three bytes a pixel: the picture, or what a progressive JPEG keeps of it meanwhile.
    Self.memory.spend(3 * min(pixelCount(file), settings.maxPixels)) { result(file) }
  }

  /// Pixels of the whole image by its header; 0 where there is none.
  private func pixelCount(_ file: [UInt8]) -> Int {
    if file.starts(with: PNGFile.signature) { return PNGFile(file).pixelCount }
    return (try? jpeg.header(file)).map { $0.width * $0.height } ?? 0
  }

  private func result(_ file: [UInt8]) -> DecodedImage {
    do {
      let picture = try picture(file)
      return .pixels(resampler.resample(picture), warning: picture.warning)
    } catch {
      return .skipped(reason: error.reason)
    }
  }

  private func picture(_ file: [UInt8]) throws(UndecodableImage) -> Picture {
    if file.starts(with: [0xFF, 0xD8, 0xFF]) { return try JPEGFile(file).decode(with: jpeg, settings) }
    if file.starts(with: PNGFile.signature) { return try PNGFile(file).decode(maxPixels: settings.maxPixels) }
    throw UndecodableImage(file.isEmpty ? "empty file" : "neither a JPEG nor a PNG file")
  }
}
