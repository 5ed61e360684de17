import Files
import Foundation
import Shards

/// The four files of MNIST. Each digit is a class, and the test images are for validation.
enum MNIST {
  /// The side of the images in the files, in pixels.
  static let side = 28
  /// The sides in pixels that the images can have.
  static let sizes = 4...28

  /// Opens the files in a folder.
  /// - Parameters:
  ///   - size: the images' side in pixels, one of ``sizes``: see ``shrinking(to:)``.
  ///   - scratch: the folder for temporary files.
  /// - Throws: ``DataPrepError`` where a file is missing or damaged.
  static func open(in folder: String, size: Int, scratch: URL) throws -> LabelledSource {
    let content = "MNIST's four files, train-images-idx3-ubyte.gz and so on"
    if try FileStatus(input: folder).kind == .file, try MNISTFiles.isOne(folder) {
      let parent = URL(filePath: folder).deletingLastPathComponent().path
      throw DataPrepError(
        .otherFormat, folder, "is one of \(content); what is expected is their folder: give \(parent)")
    }
    try InputForm.checkFolder(folder, of: content)
    // Listed first, so that the system's reason is told where it cannot be read.
    let folder = URL(filePath: folder)
    _ = try NamedFiles(folder.path)
    let files = [try MNISTPart("train", in: folder, size: size), try MNISTPart("t10k", in: folder, size: size)]
    return try LabelledSource(
      name: "mnist", shape: Manifest.Shape(height: size, width: size, channels: 1),
      originalShape: Manifest.Shape(height: side, width: side, channels: 1),
      resampling: resampling(to: size),
      files: files, leftOut: try MNISTFiles.leftOut(beside: files.flatMap(\.parts).map(\.path), in: folder),
      scratch: scratch, id: { String($0) })
  }

  /// Returns a phrase that says how images are brought to a size.
  private static func resampling(to size: Int) -> String {
    switch size {
    case side: "none"
    case side / 2: "mean of 2×2 pixels, (a+b+c+d+2)/4"
    default: "box filter"
    }
  }

  /// Returns a function that brings an image [28, 28] to `size` pixels a side: 28 as it is, 14 the means of 2×2 pixels,
  /// and others by the box filter, to Pillow's bits. The function is for one thread.
  static func shrinking(to size: Int) -> ([UInt8]) -> [UInt8] {
    switch size {
    case side: return { $0 }
    case side / 2: return { halved($0, side: side) }
    default:
      let resampler = Resampler(size: size, filter: .box)
      var colours = [UInt8](repeating: 0, count: 3 * side * side)
      return { image in
        for (index, pixel) in image.enumerated() {
          for channel in 0..<3 { colours[3 * index + channel] = pixel }
        }
        return GreyPixels.of(resampler.resample(Picture(width: side, height: side, pixels: colours)))
      }
    }
  }

  /// Returns an image [side, side] at half its size: each pixel is the rounded mean of four.
  private static func halved(_ image: [UInt8], side: Int) -> [UInt8] {
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
