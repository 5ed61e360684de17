import Files
import Foundation
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

  @discardableResult
  func write(to folder: URL) throws -> Manifest {
    try Self.write(to: folder, classesInShard: classesInShard, splits: classes.map(\.split)) { writer in
      for (digit, _) in classes { try Self.append(digit, to: writer) }
    }
  }

  /// Writes what `body` appends; all of its classes are to train on, unless `splits` says otherwise.
  @discardableResult
  static func write(
    to folder: URL, identity: BuildIdentity = identity(), classesInShard: Int = 10, restart: Bool = false,
    changingSplits: Bool = false, splits: [ClassSplit]? = nil, _ body: (DatasetWriter) throws -> Void
  ) throws -> Manifest {
    // A program that another test starts holds the lock of a build that ended, from its fork to its exec.
    for _ in 0..<100 {
      do {
        return try writeOnce(to: folder, identity, classesInShard, restart, changingSplits, splits, body)
      } catch let error as ShardsError where error.code == .busy { usleep(10_000) }
    }
    return try writeOnce(to: folder, identity, classesInShard, restart, changingSplits, splits, body)
  }

  private static func writeOnce(
    to folder: URL, _ identity: BuildIdentity, _ classesInShard: Int, _ restart: Bool, _ changingSplits: Bool,
    _ splits: [ClassSplit]?, _ body: (DatasetWriter) throws -> Void
  ) throws -> Manifest {
    let classBytes = (training + validation) * shape.count
    return try DatasetWriter.write(
      to: folder, identity: identity, shape: shape, shardBytes: classesInShard * classBytes, restart: restart,
      changingSplits: changingSplits
    ) { writer in
      try body(writer)
      return try writer.finish(source: Manifest.Source(name: "sample", shape: shape, files: []), resampling: "none") {
        splits ?? $0.map { _ in .train }
      }
    }
  }

  /// Writes classes of other images, all to train on, each [count, height, width, channels].
  static func write(to folder: URL, shape: Manifest.Shape, pixels: [[UInt8]], validation: Int) throws {
    _ = try DatasetWriter.write(to: folder, identity: identity(), shape: shape) { writer in
      for (position, pixels) in pixels.enumerated() {
        try writer.begin(id: "\(position)", name: "")
        for start in stride(from: 0, to: pixels.count, by: shape.count) {
          try writer.append(pixels[start..<start + shape.count])
        }
        try writer.end { _ in validation }
      }
      return try writer.finish(source: Manifest.Source(name: "sample", shape: shape, files: []), resampling: "none") {
        $0.map { _ in .train }
      }
    }
  }

  /// Appends all images of a digit as a class.
  static func append(_ digit: UInt8, to writer: DatasetWriter) throws {
    try writer.begin(id: String(digit), name: "digit \(digit)")
    for image in images(digit) { try writer.append(image[...]) }
    try writer.end { _ in validation }
  }

  /// What a build of the sample is known by.
  static func identity(_ arguments: [String: String] = [:], inputs: [String: String] = [:]) -> BuildIdentity {
    BuildIdentity(toolVersion: toolVersion, arguments: arguments, inputs: inputs)
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
