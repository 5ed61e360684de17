import Files
import Foundation

/// The training or the test images of MNIST: a file of images and one of labels, each plain or gzip.
struct MNISTPart: LabelledFile {
  static let side = 28
  private static let digits = 10

  let parts: [(path: String, bytes: Int)]
  let labels: [UInt16]
  let isValidation: Bool
  private let images: URL
  private let size: Int

  /// Opens the files whose names start with `name`, "train" or "t10k", and reads the labels.
  init(_ name: String, in folder: URL, size: Int) throws {
    self.size = size
    isValidation = name == "t10k"
    images = try Self.find("\(name)-images-idx3-ubyte", in: folder)
    let labelFile = try Self.find("\(name)-labels-idx1-ubyte", in: folder)
    let count = try Self.openImages(images).count
    let labelReader = try IDXFile(labelFile, dimensions: 1)
    guard labelReader.count == count else {
      throw DataPrepError(
        .contradiction, labelReader.path,
        "\(labelReader.count) labels for the \(count) images of \(images.lastPathComponent): fetch both again")
    }
    labels = try Self.read(labelReader)
    parts = try [images, labelFile].map { ($0.path, try FileStatus($0.path).bytes) }
  }

  func forEachImage(_ body: ([UInt8]) throws -> Void) throws {
    let file = try Self.openImages(images)
    var image = [UInt8](repeating: 0, count: Self.side * Self.side)
    for _ in labels {
      try file.read(into: &image)
      try body(size == Self.side ? image : MNIST.halved(image, side: Self.side))
    }
    try file.finish()
  }

  private static func openImages(_ url: URL) throws -> IDXFile {
    let file = try IDXFile(url, dimensions: 3)
    guard file.sizes[1...] == [side, side] else {
      throw DataPrepError(
        .contradiction, file.path, "its images are \(file.sizes[1])×\(file.sizes[2]); MNIST's are 28×28")
    }
    return file
  }

  private static func read(_ file: IDXFile) throws -> [UInt16] {
    var labels: [UInt16] = []
    var label: [UInt8] = [0]
    for position in 0..<file.count {
      try file.read(into: &label)
      guard label[0] < digits else {
        throw DataPrepError(.contradiction, file.path, "label \(position) is \(label[0]); a digit is 0 to 9")
      }
      labels.append(UInt16(label[0]))
    }
    try file.finish()
    return labels
  }

  private static func find(_ name: String, in folder: URL) throws -> URL {
    let candidates = ["\(name).gz", name].map { folder.appending(path: $0) }
    guard let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw DataPrepError(.missing, candidates[0].path, "no such file, nor \(name) without .gz")
    }
    return file
  }
}
