/// Decodes image files and squeezes the whole of each to a square.
///
/// A decoder is for one thread: it remembers the filter's weights. JPEG and PNG are told apart by their first bytes,
/// never by name. An EXIF orientation is ignored, as in the published downsampled sets.
final class ImageDecoder {
  /// The revision of what is made of a file's bytes with the same settings. A stopped build goes on only with the revision
  /// that it was begun with, and the manifest names it.
  ///
  /// Revision 1, that of manifests that name none, shrank a JPEG by its luminance alone. Since 2 colours at half of one
  /// side (4:2:2, 4:4:0) or a quarter (4:1:1) count too; every other file gives the same pixels.
  static let revision = 2

  private let settings: DecodingSettings
  private let resampler: Resampler

  init(_ settings: DecodingSettings) {
    self.settings = settings
    resampler = Resampler(size: settings.size, filter: settings.filter)
  }

  /// Decodes one file. A fault in it is part of the result, and never stops a build.
  func decode(_ file: [UInt8]) -> DecodedImage {
    do {
      if file.starts(with: [0xFF, 0xD8, 0xFF]) {
        let jpeg = try JPEGFile(file, settings)
        return try resampled(memory: jpeg.memory) { () throws(UndecodableImage) in try jpeg.decode() }
      }
      if file.starts(with: PNGFile.signature) {
        let png = try PNGFile(file, maxPixels: settings.maxPixels)
        return try resampled(memory: png.memory) { () throws(UndecodableImage) in try png.decode() }
      }
      return .skipped(reason: file.isEmpty ? "empty file" : "neither a JPEG nor a PNG file")
    } catch {
      return .skipped(reason: error.reason)
    }
  }

  private func resampled(
    memory: Int, _ decode: () throws(UndecodableImage) -> Picture
  ) throws(UndecodableImage) -> DecodedImage {
    try DecodingMemory.use(memory) { () throws(UndecodableImage) in
      let picture = try decode()
      return .pixels(resampler.resample(picture), warning: picture.warning)
    }
  }
}
