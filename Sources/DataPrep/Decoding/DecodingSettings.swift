/// The filter by which an image of any size is brought to size × size pixels.
enum ResamplingFilter: String, CaseIterable, Codable, Sendable {
  /// Takes the mean of the area, as the published downsampled ImageNet does.
  case box
  /// Takes the cubic convolution of Keys (1981), as Pillow does.
  case bicubic
  /// Takes the sinc that is windowed to three lobes, as Pillow does.
  case lanczos
}

/// The detail to which a JPEG is decoded.
enum DecodeMode: String, CaseIterable, Codable, Sendable {
  /// Decodes every pixel, so that the result is Pillow's.
  case full
  /// Decodes as few as 1/64 of the pixels, where so many are left that the difference is small: see ``JPEGReduction``.
  case scaled
}

/// The settings that decide, with a file's bytes, which pixels are decoded from it.
struct DecodingSettings: Codable, Equatable, Sendable {
  /// The height and the width of the result, in pixels.
  var size: Int
  var filter: ResamplingFilter
  var mode: DecodeMode
  /// The most pixels of an image; a larger one is skipped before anything is allocated for it.
  var maxPixels: Int
}
