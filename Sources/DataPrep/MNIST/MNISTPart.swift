import Foundation

/// The training or the test images of MNIST: a file of images and one of labels, each plain or gzip.
struct MNISTPart {
  static let side = 28
  static let digits = 10

  let images: IDXFile
  let labels: [UInt8]
  /// The names and sizes of the two files.
  let files: [(name: String, bytes: Int)]

  /// Opens the files whose names start with `name`, "train" or "t10k", and reads the labels.
  init(_ name: String, in folder: URL) throws {
    let imageFile = try Self.find("\(name)-images-idx3-ubyte", in: folder)
    let labelFile = try Self.find("\(name)-labels-idx1-ubyte", in: folder)
    images = try IDXFile(imageFile, dimensions: 3)
    guard images.sizes[1...] == [Self.side, Self.side] else {
      throw DataPrepError(
        .contradiction, images.path, "its images are \(images.sizes[1])×\(images.sizes[2]); MNIST's are 28×28")
    }
    let labelReader = try IDXFile(labelFile, dimensions: 1)
    guard labelReader.count == images.count else {
      throw DataPrepError(
        .contradiction, labelReader.path,
        "\(labelReader.count) labels for the \(images.count) images of \(imageFile.lastPathComponent): fetch both again"
      )
    }
    labels = try Self.read(labelReader)
    files = try [imageFile, labelFile].map { file in
      let bytes = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
      return (file.lastPathComponent, bytes ?? 0)
    }
  }

  private static func read(_ file: IDXFile) throws -> [UInt8] {
    var labels: [UInt8] = []
    var label: [UInt8] = [0]
    for position in 0..<file.count {
      try file.read(into: &label)
      guard label[0] < digits else {
        throw DataPrepError(.contradiction, file.path, "label \(position) is \(label[0]); a digit is 0 to 9")
      }
      labels.append(label[0])
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
