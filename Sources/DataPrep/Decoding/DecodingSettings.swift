/// How an image of any size is brought to size × size pixels.
enum ResamplingFilter: String, CaseIterable, Codable, Sendable {
  /// The mean of the area, as the published downsampled ImageNet has it.
  case box
  case bicubic
  case lanczos
}

/// How much of a JPEG the decoder computes.
enum DecodeMode: String, CaseIterable, Codable, Sendable {
  /// Every pixel: the result is Pillow's.
  case full
  /// As few as 1/64 of the pixels, where so many are left that the difference is small: see ``JPEGReduction``.
  case scaled
}

/// What decides, with a file's bytes, which pixels are decoded from it.
struct DecodingSettings: Codable, Equatable, Sendable {
  /// Height and width of the result.
  var size: Int
  var filter: ResamplingFilter
  var mode: DecodeMode
  /// An image of more pixels than this is skipped before anything is allocated for it.
  var maxPixels: Int
}
