import Foundation

/// The real images that the repository carries, read without the product's own reader.
package struct MNISTSample: Sendable {
  /// The 10,000 training images.
  package static let training = MNISTSample(part: "train")
  /// The 2,000 test images.
  package static let test = MNISTSample(part: "t10k")

  /// [count, 28, 28]
  package let pixels: [UInt8]
  /// [count]
  package let labels: [UInt8]

  private init(part: String) {
    func body(_ kind: String, header: Int) -> [UInt8] {
      let file = Repository.mnist.appending(path: "\(part)-\(kind)-ubyte.gz")
      guard let bytes = try? Gzip.read(file) else { preconditionFailure("\(file.path) cannot be read") }
      return Array(bytes[header...])
    }
    pixels = body("images-idx3", header: 16)
    labels = body("labels-idx1", header: 8)
  }

  /// How many images there are.
  package var count: Int { labels.count }

  /// The image at `index`: [28, 28].
  package func image(_ index: Int) -> [UInt8] {
    Array(pixels[index * 784..<(index + 1) * 784])
  }

  /// The image at `index` at half the size, each pixel the rounded mean of four: [14, 14].
  package func halved(_ index: Int) -> [UInt8] {
    let image = self.image(index)
    return (0..<196).map { position in
      let corner = position / 14 * 56 + position % 14 * 2
      let sum = [0, 1, 28, 29].reduce(2) { $0 + Int(image[corner + $1]) }
      return UInt8(sum / 4)
    }
  }
}
