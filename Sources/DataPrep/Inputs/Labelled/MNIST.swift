import Foundation
import Shards

/// The four files of MNIST. Each digit is a class, and the test images are for validation.
enum MNIST {
  /// The sides in pixels that the images can have.
  static let sizes = [14, 28]

  /// Opens the files in a folder.
  /// - Parameters:
  ///   - size: the images' side in pixels, one of ``sizes``: 28 as they are, or 14 for the means of 2×2 pixels.
  ///   - scratch: the folder for temporary files.
  /// - Throws: ``DataPrepError`` where a file is missing or damaged.
  static func open(in folder: String, size: Int, scratch: URL) throws -> LabelledSource {
    try InputForm.checkFolder(folder, of: "MNIST's four files, train-images-idx3-ubyte.gz and so on")
    let folder = URL(filePath: folder)
    let side = MNISTPart.side
    return try LabelledSource(
      name: "mnist", shape: Manifest.Shape(height: size, width: size, channels: 1),
      originalShape: Manifest.Shape(height: side, width: side, channels: 1),
      resampling: size == side ? "none" : "mean of 2×2 pixels, (a+b+c+d+2)/4",
      files: [try MNISTPart("train", in: folder, size: size), try MNISTPart("t10k", in: folder, size: size)],
      scratch: scratch, id: { String($0) })
  }

  /// Returns an image [side, side] at half its size: each pixel is the rounded mean of four.
  static func halved(_ image: [UInt8], side: Int) -> [UInt8] {
    let half = side / 2
    return [UInt8](unsafeUninitializedCapacity: half * half) { pixels, count in
      for row in 0..<half {
        for column in 0..<half {
          let corner = 2 * (row * side + column)
          let upper = Int(image[corner]) + Int(image[corner + 1])
          let lower = Int(image[corner + side]) + Int(image[corner + side + 1])
          pixels[row * half + column] = UInt8((upper + lower + 2) / 4)
        }
      }
      count = half * half
    }
  }
}
