import Files
import Foundation

/// The training or the test images of MNIST: a file of images and one of labels, each plain or gzip.
struct MNISTPart: LabelledFile {
  private static let digits = 10

  let parts: [(path: String, bytes: Int)]
  let labels: [UInt16]
  let isValidation: Bool
  private let images: URL
  private let size: Int

  /// The most labels that are read at once.
  private static let labelsAtOnce = 1 << 16

  /// Opens the files whose names start with `name`, "train" or "t10k", and reads the labels.
  init(_ name: String, in folder: URL, size: Int) throws {
    self.size = size
    isValidation = name == "t10k"
    images = try MNISTFiles.find("\(name)-images", "idx3-ubyte", in: folder)
    let labelFile = try MNISTFiles.find("\(name)-labels", "idx1-ubyte", in: folder)
    let count = try Self.openImages(images).count
    let labelReader = try IDXFile(labelFile, dimensions: 1)
    guard labelReader.count == count else {
      throw DataPrepError(
        .contradiction, labelReader.path,
        "\(labelReader.count) labels for the \(count) images of \(images.lastPathComponent): fetch both again")
    }
    labels = try Self.read(labelReader)
    parts = try [images, labelFile].map { ($0.path, try FileStatus(input: $0.path).bytes) }
  }

  func forEachImage(_ body: ([UInt8]) throws -> Void) throws {
    let file = try Self.openImages(images)
    var image = [UInt8](repeating: 0, count: MNIST.side * MNIST.side)
    let shrink = MNIST.shrinking(to: size)
    for _ in labels {
      try file.read(into: &image)
      try body(shrink(image))
    }
    try file.finish()
  }

  private static func openImages(_ url: URL) throws -> IDXFile {
    let file = try IDXFile(url, dimensions: 3)
    guard file.sizes[1...] == [MNIST.side, MNIST.side] else {
      throw DataPrepError(
        .contradiction, file.path, "its images are \(file.sizes[1])×\(file.sizes[2]); MNIST's are 28×28")
    }
    return file
  }

  private static func read(_ file: IDXFile) throws -> [UInt16] {
    var labels: [UInt16] = []
    while labels.count < file.count {
      var piece = [UInt8](repeating: 0, count: min(file.count - labels.count, labelsAtOnce))
      try file.read(into: &piece)
      if let wrong = piece.firstIndex(where: { $0 >= digits }) {
        throw DataPrepError(
          .contradiction, file.path, "label \(labels.count + wrong) is \(piece[wrong]); a digit is 0 to 9")
      }
      labels += piece.map(UInt16.init)
    }
    try file.finish()
    return labels
  }
}
