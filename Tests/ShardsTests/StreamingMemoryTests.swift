import Foundation
import TestSupport
import Testing

@testable import Shards

/// Tasks and the memory of the process and of the machine.
@Suite struct StreamingMemoryTests {
  private let shape = Manifest.Shape(height: 32, width: 32, channels: 3)

  /// Runs `body` with a dataset of classes of 1,000 images, in one shard.
  private func withDataset(classes: Int, _ body: (Dataset, _ shard: URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "set")
      let pixels = [UInt8](repeating: 7, count: 1000 * shape.count)
      try SampleDataset.write(
        to: output, shape: shape, pixels: Array(repeating: pixels, count: classes), validation: 100)
      let dataset = try SampleDataset.open(output)
      try body(dataset, output.appending(path: dataset.manifest.shards[0].file))
    }
  }

  @Test("opening a task has the disk read its images, before any batch asks for them")
  func fetched() throws {
    try withDataset(classes: 4) { dataset, shard in
      try PageCache.forget(shard)
      let task = try dataset.open(dataset.sampleTask(split: .train, classes: 4, seed: 1, index: 0))
      let deadline = ContinuousClock.now + .seconds(60)
      while try PageCache.share(of: shard) < 0.95, ContinuousClock.now < deadline { usleep(10_000) }
      #expect(try PageCache.share(of: shard) >= 0.95)
      withExtendedLifetime(task) {}
    }
  }

  @Test("memory does not grow with the number of tasks that were streamed")
  func anonymous() throws {
    func anonymousKibibytes() throws -> Int {
      let status = try String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
      return try #require(Int(line.split(separator: " ").dropLast().last ?? ""))
    }
    try withDataset(classes: 20) { dataset, _ in
      var pixels = [Float](repeating: 0, count: 128 * shape.count)
      var labels = [Int32](repeating: 0, count: 128)
      func stream(_ tasks: Range<Int>) throws {
        for index in tasks {
          let task = try dataset.open(dataset.sampleTask(split: .train, classes: 10, seed: 1, index: index))
          let stream = BatchStream(
            task, split: .train, size: 128, scaling: .unit(shape), seed: 1, indices: [UInt64(index)])
          for number in 0..<3 { stream.batch(number, pixels: &pixels, labels: &labels) }
        }
      }
      try stream(0..<20)
      let before = try anonymousKibibytes()
      try stream(20..<220)
      // One task's batches that are gathered ahead take 5 MiB; other tests run meanwhile.
      #expect(try anonymousKibibytes() - before < 100 << 10)
    }
  }
}
