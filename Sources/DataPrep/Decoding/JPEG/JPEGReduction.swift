/// The choice, in the mode `scaled`, of how far a JPEG's decoder shrinks an image before it is resampled.
enum JPEGReduction {
  /// The number of decoded pixels that must be left, along each side, for a pixel of the result.
  ///
  /// With 2 a photograph of 500×375 at 32×32 is decoded at a quarter (125×94), and the result is 49 dB from the exact
  /// one in the median. With 1 it is decoded at an eighth, and the result is 40 dB from the exact one.
  private static let margin = 2

  /// The relative numbers of a component's samples along both sides.
  struct Sampling: Equatable {
    var horizontal: Int
    var vertical: Int
  }

  /// Returns the largest of 8, 4 and 2 that leaves enough pixels, and enough samples of each component, or 1.
  ///
  /// - Parameter sampling: the factors of all components; where there are none, colour is taken to be as fine as light.
  static func factor(width: Int, height: Int, size: Int, sampling: [Sampling] = []) -> Int {
    let needed = margin * size
    let horizontal = sampling.map(\.horizontal).max() ?? 1
    let vertical = sampling.map(\.vertical).max() ?? 1
    return [8, 4, 2].first { reduction in
      guard (min(width, height) + reduction - 1) / reduction >= needed else { return false }
      return sampling.allSatisfy { component in
        let points = points(of: component, horizontal, vertical, at: 8 / reduction)
        let columns = (width * component.horizontal * points + 8 * horizontal - 1) / (8 * horizontal)
        let rows = (height * component.vertical * points + 8 * vertical - 1) / (8 * vertical)
        return columns >= needed && rows >= needed
      }
    } ?? 1
  }

  /// Returns how many samples along each side libjpeg-turbo makes of a block of 8 × 8 of a component, where it makes
  /// `least` of a block of the finest one.
  ///
  /// It makes more of a coarser component as long as that divides both sides alike (`jdmaster.c`). So nothing is lost of
  /// colours at half of both sides (4:2:0), but of those at half of one (4:2:2, 4:4:0) or a quarter (4:1:1) as much as of
  /// light.
  private static func points(of component: Sampling, _ horizontal: Int, _ vertical: Int, at least: Int) -> Int {
    var points = least
    while points < 8, horizontal * least % (component.horizontal * points * 2) == 0,
      vertical * least % (component.vertical * points * 2) == 0
    {
      points *= 2
    }
    return points
  }
}
