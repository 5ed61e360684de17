/// The result of decoding an image file.
enum DecodedImage: Equatable, Sendable {
  /// The pixels [size, size, 3], red first, and the decoder's complaint; nil where it had none.
  case pixels([UInt8], warning: String?)
  /// The file holds no image that can be used, for this reason.
  case skipped(reason: String)
}

extension DecodedImage {
  /// The same in grey, [size, size, 1].
  var grey: DecodedImage {
    guard case .pixels(let colours, let warning) = self else { return self }
    return .pixels(GreyPixels.of(colours), warning: warning)
  }
}
