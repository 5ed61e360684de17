import Foundation
import TestSupport

/// MNIST's four files with few images, whole or broken in one way.
struct SmallMNIST {
  /// Images of both parts: the sample's first ones, which have every digit.
  static let training = 60
  static let test = 40

  var images = Self.idx(of: .training, Self.training, side: 28)
  var labels = Self.labels(of: .training, Self.training)

  /// Writes the files, gzip or plain. The test images' are never broken.
  func write(to folder: URL, plain: Bool = false) throws {
    let files = [
      "train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels,
      "t10k-images-idx3-ubyte": Self.idx(of: .test, Self.test, side: 28),
      "t10k-labels-idx1-ubyte": Self.labels(of: .test, Self.test),
    ]
    for (name, bytes) in files {
      if plain {
        try Data(bytes).write(to: folder.appending(path: name))
      } else {
        try Gzip.write(bytes, to: folder.appending(path: name + ".gz"))
      }
    }
  }

  static func idx(of sample: MNISTSample, _ count: Int, side: UInt8) -> [UInt8] {
    [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, side, 0, 0, 0, side] + sample.pixels[..<(count * 784)]
  }

  static func labels(of sample: MNISTSample, _ count: Int) -> [UInt8] {
    [0, 0, 8, 1, 0, 0, 0, UInt8(count)] + sample.labels[..<count]
  }
}

/// Runs `dataprep build shards` on a folder.
func build(_ input: URL, size: Int = 14, to output: URL) throws -> ProcessResult {
  try ToolProcess.run(
    "dataprep",
    ["build", "shards", "--source", "mnist", "--input", input.path, "--size", "\(size)", "--output", output.path])
}
