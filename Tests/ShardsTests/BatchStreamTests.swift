import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Shards

@Suite struct BatchStreamTests {
  /// Runs `body` with a dataset of 4 classes of 60 random images, 32×32×3: a batch of 64 is gathered ahead.
  private func withDataset(_ body: (Dataset) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let shape = Manifest.Shape(height: 32, width: 32, channels: 3)
      let output = folder.appending(path: "set")
      var random = SystemRandomNumberGenerator()
      let classes = (0..<4).map { _ in
        (0..<60 * shape.count).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
      try SampleDataset.write(to: output, shape: shape, pixels: classes, validation: 20)
      try body(SampleDataset.open(output))
    }
  }

  private func stream(
    _ dataset: Dataset, size: Int = 64, seed: UInt64 = 1, index: UInt64 = 0, scaling: PixelScaling? = nil,
    ahead: Int = 2
  ) throws -> BatchStream {
    let task = try dataset.open(dataset.sampleTask(split: .train, classes: 4, seed: 1, index: 0))
    return BatchStream(
      task, split: .train, size: size, scaling: scaling ?? .unit(dataset.manifest.shape), seed: seed,
      indices: [index], ahead: ahead)
  }

  private func batch(_ number: Int, of stream: BatchStream) -> (pixels: [Float], labels: [Int32]) {
    var pixels = [Float](repeating: -1, count: stream.size * 3072)
    var labels = [Int32](repeating: -1, count: stream.size)
    stream.batch(number, pixels: &pixels, labels: &labels)
    return (pixels, labels)
  }

  @Test("a batch depends on seed, indices and number alone: not on the order of asking, nor on what was gathered ahead")
  func pure() throws {
    try withDataset { dataset in
      let alone = try (0..<12).map { batch($0, of: try stream(dataset, ahead: 0)) }
      for order in [Array(0..<12), Array(0..<12).reversed(), [0, 1, 2, 7, 3, 4, 4, 4, 5, 11, 10, 0, 1, 2]] {
        let shared = try stream(dataset)
        for number in order {
          let found = batch(number, of: shared)
          #expect(found.pixels == alone[number].pixels && found.labels == alone[number].labels)
        }
      }
      #expect(Set(alone.map(\.labels)).count == 12)
      #expect(try batch(0, of: stream(dataset, seed: 2)).labels != alone[0].labels)
      #expect(try batch(0, of: stream(dataset, index: 1)).labels != alone[0].labels)
    }
  }

  @Test("many threads may ask one stream")
  func threads() throws {
    try withDataset { dataset in
      let alone = try (0..<20).map { batch($0, of: try stream(dataset, ahead: 0)).pixels }
      let shared = try stream(dataset)
      let wrong = Mutex(0)
      DispatchQueue.concurrentPerform(iterations: 200) { iteration in
        if batch(iteration % 20, of: shared).pixels != alone[iteration % 20] { wrong.withLock { $0 += 1 } }
      }
      #expect(wrong.withLock { $0 } == 0)
    }
  }

  @Test("pixels are from 0 to 1, or of mean 0 and deviation 1 in each channel")
  func scaling() throws {
    try withDataset { dataset in
      let unit = batch(3, of: try stream(dataset))
      #expect(unit.pixels.allSatisfy { $0 >= 0 && $0 <= 1 && abs(($0 * 255).rounded() - $0 * 255) < 1e-4 })
      let normalised = batch(3, of: try stream(dataset, scaling: .normalised(dataset.manifest)))
      #expect(normalised.labels == unit.labels)
      for (position, value) in normalised.pixels.enumerated() {
        let channel = dataset.manifest.channels[position % 3]
        let expected = (Double(unit.pixels[position]) * 255 - channel.mean) / channel.standardDeviation
        #expect(abs(Double(value) - expected) < 1e-5)
        if position > 9000 { break }
      }
    }
  }

  @Test("a closed task's pages are given back")
  func closed() throws {
    func residentFileKibibytes() throws -> Int {
      let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
      let status = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
      var isShard = false
      var sum = 0
      for line in status.split(separator: "\n") {
        if line.first?.isHexDigit == true, line.contains("-") { isShard = line.contains("pages-given-back") }
        if isShard, line.hasPrefix("Rss:") { sum += Int(line.split(separator: " ")[1]) ?? 0 }
      }
      return sum
    }
    try withTemporaryFolder { folder in
      let shape = Manifest.Shape(height: 32, width: 32, channels: 3)
      let output = folder.appending(path: "pages-given-back")
      let pixels = [UInt8](repeating: 7, count: 4000 * shape.count)
      try SampleDataset.write(to: output, shape: shape, pixels: [pixels], validation: 0)
      let dataset = try SampleDataset.open(output)
      let classes = try dataset.sampleTask(split: .train, classes: 1, seed: 1, index: 0)
      var task: TaskImages? = try dataset.open(classes)
      let other = try dataset.open(classes)  // keeps the file mapped
      var batch = [Float](repeating: 0, count: 4000 * shape.count)
      var labels = [Int32](repeating: 0, count: 4000)
      task?.copy(0..<4000, of: .train, scaling: .unit(shape), pixels: &batch, labels: &labels)
      #expect(try residentFileKibibytes() > 12_000)
      task = nil
      #expect(try residentFileKibibytes() < 1_000)
      withExtendedLifetime(other) {}
    }
  }
}
