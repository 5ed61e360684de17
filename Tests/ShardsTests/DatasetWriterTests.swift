import Files
import Foundation
import TestSupport
import Testing

@testable import Shards

@Suite struct DatasetWriterTests {
  private func files(_ folder: URL) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
  }

  @Test("the same images give the same files")
  func sameFiles() throws {
    try withTemporaryFolder { folder in
      let (first, second) = (folder.appending(path: "first"), folder.appending(path: "second"))
      try SampleDataset(classesInShard: 4).write(to: first)
      try SampleDataset(classesInShard: 4).write(to: second)
      #expect(try files(first) == files(second))
      #expect(try files(first).keys.sorted().first == "manifest.json")
    }
  }

  @Test("a class is never split over shards, and shards hold consecutive classes")
  func wholeClasses() throws {
    try withTemporaryFolder { folder in
      let manifest = try SampleDataset(classesInShard: 3).write(to: folder.appending(path: "set"))
      #expect(manifest.classes.map(\.shard) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
      #expect(manifest.shards.map(\.file) == (0..<4).map { "shard-0000\($0).lmdb" })
      #expect(try ShardInspection.inspect(folder.appending(path: "set")).map(\.images) == [75, 75, 75, 25])
    }
  }

  @Test("a class larger than a shard has a shard of its own")
  func largeClass() throws {
    try withTemporaryFolder { folder in
      let manifest = try SampleDataset(classesInShard: 0).write(to: folder.appending(path: "set"))
      #expect(manifest.classes.map(\.shard) == Array(0..<10))
    }
  }

  @Test("images of every size fit into the space that is reserved", arguments: [1, 27, 45, 64, 90])
  func imageSizes(side: Int) throws {
    try withTemporaryFolder { folder in
      let shape = Manifest.Shape(height: side, width: side, channels: 1)
      let output = folder.appending(path: "set")
      let pixels = (0..<600 * shape.count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try SampleDataset.write(to: output, shape: shape, pixels: [pixels, pixels], validation: 100)
      #expect(try ShardInspection.inspect(output).map(\.problem) == [nil])
    }
  }

  @Test("channel means and deviations are those of the training images of the split train")
  func statistics() throws {
    try withTemporaryFolder { folder in
      let classes: [(UInt8, ClassSplit)] = [(3, .train), (1, .heldOut), (8, .train)]
      let manifest = try SampleDataset(classes: classes).write(to: folder.appending(path: "set"))
      let pixels = [UInt8(3), 8].flatMap { SampleDataset.images($0).prefix(SampleDataset.training) }.flatMap { $0 }
      let mean = pixels.reduce(0) { $0 + Double($1) } / Double(pixels.count)
      let variance = pixels.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(pixels.count)
      #expect(abs(manifest.channels[0].mean - mean) < 1e-9)
      #expect(abs(manifest.channels[0].standardDeviation - variance.squareRoot()) < 1e-9)
    }
  }

  @Test("an output that exists is refused and left as it was")
  func outputExists() throws {
    try withTemporaryFolder { folder in
      try Data("mine".utf8).write(to: folder.appending(path: "note"))
      let error = #expect(throws: ShardsError.self) { try SampleDataset().write(to: folder) }
      #expect(error?.code == .outputExists)
      #expect(error?.exitCode == .cannotCreate)
      #expect(try files(folder) == ["note": Data("mine".utf8)])
    }
  }

  @Test("an error while classes are appended leaves nothing behind")
  func nothingLeft() throws {
    struct Interruption: Error {}
    try withTemporaryFolder { folder in
      #expect(throws: Interruption.self) {
        try SampleDataset.write(to: folder.appending(path: "set")) { writer in
          try SampleDataset.append(0, to: writer)
          throw Interruption()
        }
      }
      let left = try files(folder)
      #expect(left.isEmpty)
    }
  }

  @Test("files that a stopped process left are replaced")
  func leftover() throws {
    try withTemporaryFolder { folder in
      let partial = folder.appending(path: "set.partial")
      try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: false)
      try BuildJournal(SampleDataset.identity()).write(in: partial)
      for name in ["shard-00000.lmdb", "manifest.json", "manifest.json.0123ABCD.partial", "images.89ABCDEF.partial"] {
        try Data("half".utf8).write(to: partial.appending(path: name))
      }
      try SampleDataset().write(to: folder.appending(path: "set"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["set"])
      #expect(try files(folder.appending(path: "set")).keys.sorted() == ["manifest.json", "shard-00000.lmdb"])
    }
  }

  @Test("a second writer of the same folder is refused while the first works")
  func secondWriter() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      try SampleDataset.write(to: output) { writer in
        let error = #expect(throws: ShardsError.self) { try SampleDataset().write(to: output) }
        #expect(error?.code == .busy)
        #expect(error?.exitCode == .temporary)
        try SampleDataset.append(0, to: writer)
      }
      #expect(try Manifest(in: output).classes.count == 1)
    }
  }

  @Test("a class without training images is refused by its name", arguments: [0, 3])
  func emptyClass(images: Int) throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: ShardsError.self) {
        try SampleDataset.write(to: folder.appending(path: "set")) { writer in
          try writer.begin(id: "n7", name: "seven")
          for image in SampleDataset.images(7).prefix(images) { try writer.append(image[...]) }
          try writer.end { $0 }
        }
      }
      #expect(error?.code == .invalidImages)
      #expect(error?.description.contains("class n7 has no image to train on (\(images) images") == true)
    }
  }

  @Test("two classes of one id are refused by it")
  func sameID() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: ShardsError.self) {
        try SampleDataset.write(to: folder.appending(path: "set")) {
          for digit in [UInt8(4), 5, 4] { try SampleDataset.append(digit, to: $0) }
        }
      }
      #expect(error?.description.contains("there are two classes 4") == true)
    }
  }

  @Test("the number of validation images is asked for with the number of a class's images")
  func validation() throws {
    try withTemporaryFolder { folder in
      let manifest = try SampleDataset.write(to: folder.appending(path: "set")) { writer in
        try writer.begin(id: "a", name: "a")
        for image in SampleDataset.images(3) { try writer.append(image[...]) }
        try writer.end { $0 / 5 }
      }
      #expect(manifest.classes[0].validation == 5)
    }
  }

  @Test("skipped images, and the number of those that the decoder complained of, are in the manifest")
  func skipped() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      try SampleDataset.write(to: output) { writer in
        writer.skip(name: "1/broken.jpg", reason: "it ends early")
        for _ in 0..<3 { writer.warn() }
        try SampleDataset.append(1, to: writer)
      }
      let manifest = try Manifest(in: output)
      #expect(manifest.skipped.map(\.name) == ["1/broken.jpg"])
      #expect(manifest.skipped.map(\.reason) == ["it ends early"])
      #expect(manifest.warnings == 3)
    }
  }
}
