import Foundation
import Shards

/// The four files of MNIST, made into a dataset: a class a digit, the test images as each class's validation images.
struct MNIST {
  /// The sides of image that it can be made into.
  static let sizes = [14, 28]

  private let training: MNISTPart
  private let test: MNISTPart

  /// Opens the files in `folder` and reads the labels.
  init(in folder: URL) throws {
    training = try MNISTPart("train", in: folder)
    test = try MNISTPart("t10k", in: folder)
  }

  /// Writes the dataset folder.
  /// - Parameters:
  ///   - size: the images' side, one of ``sizes``.
  ///   - progress: is called after each image.
  func write(to output: URL, size: Int, progress: () -> Void) throws -> Manifest {
    let side = MNISTPart.side
    let source = Manifest.Source(
      name: "mnist", shape: Manifest.Shape(height: side, width: side, channels: 1),
      files: (training.files + test.files).map { Manifest.Source.File(name: $0.name, bytes: $0.bytes) })
    return try DatasetWriter.write(
      to: output, source: source, shape: Manifest.Shape(height: size, width: size, channels: 1),
      resampling: size == side ? "none" : "mean of 2×2 pixels, (a+b+c+d+2)/4"
    ) { writer in
      var classes = Array(repeating: [UInt8](), count: MNISTPart.digits)
      try append(training, to: &classes, size: size, progress: progress)
      let trainingBytes = classes.map(\.count)
      try append(test, to: &classes, size: size, progress: progress)
      for digit in classes.indices {
        try writer.append(
          DatasetWriter.ImageClass(
            id: String(digit), name: String(digit), split: .train, pixels: classes[digit],
            validation: (classes[digit].count - trainingBytes[digit]) / (size * size)))
      }
    }
  }

  /// Images of both parts.
  var imageCount: Int { training.labels.count + test.labels.count }

  /// Reads the images of a part, in the file's order, each to the end of its digit's pixels.
  private func append(
    _ part: MNISTPart, to classes: inout [[UInt8]], size: Int, progress: () -> Void
  ) throws {
    var image = [UInt8](repeating: 0, count: MNISTPart.side * MNISTPart.side)
    for label in part.labels {
      try part.images.read(into: &image)
      classes[Int(label)] += size == MNISTPart.side ? image : Self.halved(image, side: MNISTPart.side)
      progress()
    }
    try part.images.finish()
  }

  /// An image [side, side] at half its size: each pixel is the rounded mean of four.
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
