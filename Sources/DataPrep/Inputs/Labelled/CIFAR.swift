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
    try InputForm.checkFolder(folder, of: "the files of \(binaryFolder), from \(archive)")
    let folder = try NamedFiles(folder)
    let names =
      switch self {
      case .cifar10: (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]
      case .cifar100: ["train.bin", "test.bin"]
      }
    if let missing = names.first(where: { !folder.contains($0) }) { throw absent(missing, in: folder) }
    let leftOut = try folder.leftOut(beside: Set(names)) {
      names.contains($0) ? $0 : nil
    } content: {
      try Digest.sha256(fileAt: URL(filePath: $0))
    }
    let files = try names.map {
      try CIFARFile(
        folder.path + "/" + $0, labelBytes: self == .cifar10 ? 1 : 2, classes: self == .cifar10 ? 10 : 100,
        isValidation: $0.hasPrefix("test"))
    }
    return try LabelledSource(
      name: rawValue, shape: Self.shape, files: files, leftOut: leftOut, scratch: scratch,
      id: { self == .cifar10 ? String($0) : String(format: "%02d", Int($0)) })
  }
}

extension CIFAR {
  /// The folder that the archive of the binary version unpacks to.
  fileprivate var binaryFolder: String { self == .cifar10 ? "cifar-10-batches-bin" : "cifar-100-binary" }
  /// The folders and files by which the other versions are known.
  private var otherNames: [String] {
    self == .cifar10
      ? ["data_batch_1", "cifar-10-batches-py", "data_batch_1.mat"] : ["train", "cifar-100-python", "train.mat"]
  }
  /// The name of the archive of the binary version.
  fileprivate var archive: String { self == .cifar10 ? "cifar-10-binary.tar.gz" : "cifar-100-binary.tar.gz" }

  /// Returns the error for a file that is not there, which says what is there instead.
  fileprivate func absent(_ name: String, in folder: NamedFiles) -> DataPrepError {
    let reason =
      if let instead = folder.instead(of: { $0 == name }) {
        instead
      } else if folder.containsAny(binaryFolder) {
        "give \(folder.path)/\(binaryFolder)"
      } else if let other = otherNames.first(where: folder.containsAny) {
        "but \(other) of another version: take the binary version, \(archive)"
      } else if folder.contains(archive) {
        "but \(archive): unpack that, and give its folder \(binaryFolder)"
      } else {
        "where the folder \(binaryFolder) is expected, from \(archive)"
      }
    return DataPrepError(.missing, folder.path + "/" + name, "no such file, \(reason)")
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
      // No picture is black throughout and of the first class: this is where a download was reserved and not fetched.
      guard record.contains(where: { $0 != 0 }) else {
        throw DataPrepError(
          .damaged, parts[0].path, "image \(position) is nothing but zeros: it is incomplete, fetch it again")
      }
      try body(interleaved(record[labelBytes...], channels: CIFAR.shape.channels))
    }
  }
}
