import Files
import Foundation
import Shards

/// CIFAR-10 and CIFAR-100 in their binary version: 32×32 colour images, the test images for validation.
///
/// Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009); the layout is on the data sets'
/// page, "Binary version". CIFAR-100's classes are the 100 fine ones.
enum CIFAR: String {
  case cifar10, cifar100

  static let shape = Manifest.Shape(height: 32, width: 32, channels: 3)

  func open(in folder: String, scratch: URL) throws -> LabelledSource {
    let folder = URL(filePath: folder)
    let names =
      switch self {
      case .cifar10: (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]
      case .cifar100: ["train.bin", "test.bin"]
      }
    let files = try names.map {
      try CIFARFile(
        folder.appending(path: $0).path, labelBytes: self == .cifar10 ? 1 : 2, classes: self == .cifar10 ? 10 : 100,
        isValidation: $0.hasPrefix("test"))
    }
    return try LabelledSource(
      name: rawValue, shape: Self.shape, files: files, scratch: scratch,
      id: { self == .cifar10 ? String($0) : String(format: "%02d", Int($0)) })
  }
}

/// A file of records: one or two labels, the class's last, then the red, the green and the blue pixels.
private struct CIFARFile: LabelledFile {
  let parts: [(path: String, bytes: Int)]
  let labels: [UInt16]
  let isValidation: Bool
  private let labelBytes: Int

  init(_ path: String, labelBytes: Int, classes: Int, isValidation: Bool) throws {
    self.labelBytes = labelBytes
    self.isValidation = isValidation
    let file = try RandomFile(path)
    let record = labelBytes + CIFAR.shape.count
    parts = [(path, file.size)]
    guard file.size > 0, file.size.isMultiple(of: record) else {
      throw DataPrepError(
        .damaged, path, "ends at byte \(file.size), not after records of \(record): it is incomplete, fetch it again")
    }
    labels = try (0..<file.size / record).map { position in
      let label = try file.read(1, at: position * record + labelBytes - 1)[0]
      guard label < classes else {
        throw DataPrepError(.contradiction, path, "label \(position) is \(label); there are \(classes) classes from 0")
      }
      return UInt16(label)
    }
  }

  func forEachImage(_ body: ([UInt8]) throws -> Void) throws {
    let file = try ForwardFile(parts[0].path)
    for position in labels.indices {
      let record = try file.read(labelBytes + CIFAR.shape.count, of: "image \(position)")
      try body(interleaved(record[labelBytes...], channels: CIFAR.shape.channels))
    }
  }
}
