import FuzzRunner

@testable import DataPrep

/// Reads the headers of a JPEG, and decodes it with the decoder in C.
@main
enum FuzzJPEG {
  /// The most pixels of a picture that is decoded, for many inputs a second. `dataprep` has a limit, too.
  private static let mostPixels = 1 << 16

  static func main() {
    Fuzzer.run { file in
      _ = JPEGScans.isOne(in: file)
      let sampling = JPEGScans.sampling(in: file)
      guard let jpeg = BaselineJPEG(file) else { return }
      _ = JPEGReduction.factor(width: jpeg.width, height: jpeg.height, size: 8, sampling: sampling)
      guard jpeg.width * jpeg.height <= mostPixels else { return }
      for reduction in [2, 4, 8] {
        let pixels = jpeg.decode(reduction: reduction)
        // What memory happened to hold is no part of a picture.
        precondition(pixels == jpeg.decode(reduction: reduction), "the same file gives the same pixels")
      }
    }
  }
}
