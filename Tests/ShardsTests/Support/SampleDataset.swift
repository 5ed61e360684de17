import Foundation
import Support
import TestSupport

@testable import Shards

/// Small datasets of real digits, 14×14.
struct SampleDataset {
  /// So many training and validation images has a class.
  static let training = 20
  static let validation = 5
  static let shape = Manifest.Shape(height: 14, width: 14, channels: 1)

  /// The classes in order: a digit and its split.
  var classes: [(digit: UInt8, split: ClassSplit)] = (0..<10).map { ($0, .train) }
  /// Classes of one shard: all of them, unless fewer are said.
  var classesInShard = 10

  /// The images of a digit, training images first.
  static func images(_ digit: UInt8) -> [[UInt8]] {
    func first(_ count: Int, of sample: MNISTSample) -> [[UInt8]] {
      sample.labels.indices.lazy.filter { sample.labels[$0] == digit }.prefix(count).map { sample.halved($0) }
    }
    return first(training, of: .training) + first(validation, of: .test)
  }

  static func imageClass(_ digit: UInt8, _ split: ClassSplit = .train) -> DatasetWriter.ImageClass {
    DatasetWriter.ImageClass(
      id: String(digit), name: "digit \(digit)", split: split, pixels: images(digit).flatMap { $0 },
      validation: validation)
  }

  @discardableResult
  func write(to folder: URL) throws -> Manifest {
    try Self.write(to: folder, classesInShard: classesInShard) { writer in
      for (digit, split) in classes { try writer.append(Self.imageClass(digit, split)) }
    }
  }

  @discardableResult
  static func write(
    to folder: URL, classesInShard: Int = 10, _ body: (DatasetWriter) throws -> Void
  ) throws -> Manifest {
    let classBytes = (training + validation) * shape.count
    let source = Manifest.Source(name: "sample", shape: shape, files: [])
    return try DatasetWriter.write(
      to: folder, source: source, shape: shape, resampling: "none", shardBytes: classesInShard * classBytes, body)
  }

  /// Opens a dataset with a memory of its own.
  static func open(_ folder: URL, progress: (Int) -> Void = { _ in }) throws -> Dataset {
    let memory = folder.deletingLastPathComponent().appending(path: "memory")
    return try Dataset(at: folder, verification: ShardVerification(memoryIn: memory), progress: progress)
  }
}

/// Inverts one byte of a file.
func damage(_ file: URL, at offset: Int) throws {
  var bytes = try Data(contentsOf: file)
  bytes[offset] ^= 0xFF
  try bytes.write(to: file)
}

/// Replaces text in a file; there must be some.
func edit(_ file: URL, _ old: String, _ new: String) throws {
  let text = try String(contentsOf: file, encoding: .utf8)
  precondition(text.contains(old), "\(file.lastPathComponent) holds \(old)")
  try text.replacingOccurrences(of: old, with: new).write(to: file, atomically: true, encoding: .utf8)
}
