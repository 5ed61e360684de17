/// The choice, in the mode `scaled`, of how far a JPEG's decoder shrinks an image before it is resampled.
enum JPEGReduction {
  /// The number of decoded pixels that must be left, along each side, for a pixel of the result.
  ///
  /// With 2 a photograph of 500×375 at 32×32 is decoded at a quarter (125×94), and the result is 49 dB from the exact
  /// one in the median. With 1 it is decoded at an eighth, and the result is 40 dB from the exact one.
  private static let margin = 2

  /// Returns the largest of 8, 4 and 2 that leaves enough pixels, or 1.
  static func factor(width: Int, height: Int, size: Int) -> Int {
    let shorter = min(width, height)
    return [8, 4, 2].first { (shorter + $0 - 1) / $0 >= margin * size } ?? 1
  }
}
