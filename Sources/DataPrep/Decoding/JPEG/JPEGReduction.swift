/// How far a JPEG's decoder shrinks an image before it is resampled, in the mode `scaled`.
enum JPEGReduction {
  /// So many decoded pixels a pixel of the result there must be left, along each side. With 2 a photograph of 500×375
  /// at 32×32 is decoded at a quarter (125×94), and the result is 49 dB from the exact one in the median; with 1, at an
  /// eighth, it is 40 dB.
  private static let margin = 2

  /// The largest of 8, 4 and 2 that leaves enough, or 1.
  static func factor(width: Int, height: Int, size: Int) -> Int {
    let shorter = min(width, height)
    return [8, 4, 2].first { (shorter + $0 - 1) / $0 >= margin * size } ?? 1
  }
}
