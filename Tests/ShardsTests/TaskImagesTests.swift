import Foundation
import Randomness
import TestSupport
import Testing

@testable import Shards

@Suite struct TaskImagesTests {
  private let size = SampleDataset.shape.count

  /// Runs `body` with a task of four classes that lie in several shards.
  private func withTask(_ body: (TaskImages, [[[UInt8]]]) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      try SampleDataset(classesInShard: 2).write(to: output)
      let dataset = try SampleDataset.open(output)
      let classes = try dataset.sampleTask(split: .train, classes: 4, seed: 2, index: 0)
      try body(try dataset.open(classes), classes.classes.map { SampleDataset.images(UInt8($0)) })
    }
  }

  /// The pixels as they are stored.
  private let stored = PixelScaling(SampleDataset.shape) { _ in
    1
  } shift: { _ in
    0
  }

  private func rows(_ pixels: [Float]) -> [[UInt8]] {
    stride(from: 0, to: pixels.count, by: size).map { pixels[$0..<$0 + size].map { UInt8($0) } }
  }

  @Test("the splits are the classes' training images and, at the tail of the keys, their validation images")
  func parts() throws {
    try withTask { task, images in
      for (split, range) in [(ImageSplit.train, 0..<20), (.validation, 20..<25)] {
        #expect(task.count(of: split) == 4 * range.count)
        var pixels = [Float](repeating: 0, count: 4 * range.count * size)
        var labels = [Int32](repeating: -1, count: 4 * range.count)
        task.copy(0..<labels.count, of: split, scaling: stored, pixels: &pixels, labels: &labels)
        #expect(rows(pixels) == images.flatMap { $0[range] })
        #expect(labels == (0..<4).flatMap { Array(repeating: Int32($0), count: range.count) })
      }
    }
  }

  @Test("a range in the middle gives the same images as the whole")
  func range() throws {
    try withTask { task, images in
      var pixels = [Float](repeating: 0, count: 3 * size)
      var labels = [Int32](repeating: -1, count: 3)
      task.copy(4..<7, of: .validation, scaling: stored, pixels: &pixels, labels: &labels)
      #expect(labels == [0, 1, 1])
      #expect(rows(pixels) == [images[0][24], images[1][20], images[1][21]])
    }
  }

  @Test("a batch's images belong to their labels, come from the split, and all of it is drawn")
  func batches() throws {
    try withTask { task, images in
      for (split, range) in [(ImageSplit.train, 0..<20), (.validation, 20..<25)] {
        var pixels = [Float](repeating: 0, count: 1000 * size)
        var labels = [Int32](repeating: -1, count: 1000)
        var random = RandomStream(seed: 1, purpose: .test)
        task.fill(pixels: &pixels, labels: &labels, from: split, scaling: stored, random: &random)
        let drawn = rows(pixels)
        #expect(zip(drawn, labels).allSatisfy { images[Int($1)][range].contains($0) })
        #expect(Set(drawn) == Set(images.flatMap { $0[range] }))
      }
    }
  }

  @Test("the same stream draws the same batch, in any thread")
  func threads() throws {
    try withTask { task, _ in
      let batches = Batches()
      DispatchQueue.concurrentPerform(iterations: 32) { iteration in
        var pixels = [Float](repeating: 0, count: 16 * size)
        var labels = [Int32](repeating: -1, count: 16)
        var random = RandomStream(seed: 7, purpose: .test, UInt64(iteration % 4))
        task.fill(pixels: &pixels, labels: &labels, from: .train, scaling: stored, random: &random)
        batches.insert(pixels)
      }
      #expect(batches.count == 4)
    }
  }

  private final class Batches: @unchecked Sendable {
    private let lock = NSLock()
    private var set: Set<[Float]> = []
    func insert(_ pixels: [Float]) { _ = lock.withLock { set.insert(pixels) } }
    var count: Int { lock.withLock { set.count } }
  }

  @Test("a task outlives the dataset that it was opened from")
  func lifetime() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      try SampleDataset().write(to: output)
      func open() throws -> TaskImages {
        let dataset = try SampleDataset.open(output)
        return try dataset.open(dataset.sampleTask(split: .train, classes: 1, seed: 1, index: 0))
      }
      let task = try open()
      try FileManager.default.removeItem(at: output)
      var pixels = [Float](repeating: 0, count: size)
      var labels: [Int32] = [-1]
      task.copy(0..<1, of: .train, scaling: stored, pixels: &pixels, labels: &labels)
      #expect(rows(pixels)[0] == SampleDataset.images(UInt8(task.classes.classes[0]))[0])
    }
  }
}
