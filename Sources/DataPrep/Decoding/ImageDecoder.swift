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

  /// Decodes one file. What is wrong with it is part of the result: it never stops a build.
  func decode(_ file: [UInt8]) -> DecodedImage {
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
