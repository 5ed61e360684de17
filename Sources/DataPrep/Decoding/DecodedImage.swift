/// What became of an image file.
enum DecodedImage: Equatable, Sendable {
  /// The pixels [size, size, 3], red first, and what the decoder complained of.
  case pixels([UInt8], warning: String?)
  /// There is no image to use; why.
  case skipped(reason: String)
}
