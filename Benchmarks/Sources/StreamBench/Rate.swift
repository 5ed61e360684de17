import ArgumentParser
import Foundation
import Shards

struct Rate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times a task of 10 classes: its opening, and its batches beside a plain loop over the same bytes.",
    discussion: """
      Both fill the same memory with normalised Float, as fast as one consumer asks for them, from the page cache. They \
      take turns, so that whatever else the machine does slows both.
      """)

  @Argument(help: "A dataset folder.", completion: .directory)
  var dataset: String

  @Option(help: "How long each of the two runs.")
  var seconds = 2.0

  private struct Result: Encodable {
    /// The images of the whole task.
    var images: Int
    var openMilliseconds: Double
    var imagesPerSecond: Double
    var plainLoopImagesPerSecond: Double
    var ratio: Double
  }

  func run() throws {
    let dataset = try Dataset(at: URL(filePath: dataset))
    let classes = try dataset.sampleTask(split: .train, classes: 10, seed: 1, index: 0)
    let task = try dataset.open(classes)  // Only the second opening is timed: the page cache has the keys then.
    let opening = try StreamBench.seconds { _ = try dataset.open(classes) }
    let stream = BatchStream(
      task, split: .train, size: StreamBench.batch, scaling: .normalised(dataset.manifest), seed: 1, indices: [])
    let loop = try PlainLoop(dataset, classes)
    var pixels = [Float](repeating: 0, count: StreamBench.batch * task.shape.count)
    var labels = [Int32](repeating: 0, count: StreamBench.batch)
    var streamed = Meter()
    var looped = Meter()
    for turn in 0...10 {
      if turn == 1 { (streamed, looped) = (Meter(), Meter()) }  // The first turns brought the pages in.
      streamed.run(for: seconds / 10) { stream.batch($0, pixels: &pixels, labels: &labels) }
      looped.run(for: seconds / 10) { loop.fill(&pixels, batch: $0) }
    }
    try StreamBench.print(
      Result(
        images: task.count(of: .train) + task.count(of: .validation), openMilliseconds: opening * 1e3,
        imagesPerSecond: streamed.imagesPerSecond, plainLoopImagesPerSecond: looped.imagesPerSecond,
        ratio: streamed.imagesPerSecond / looped.imagesPerSecond))
  }
}

/// Counts the batches that are filled and the time they take.
private struct Meter {
  private var batches = 0
  private var seconds = 0.0

  var imagesPerSecond: Double { Double(batches * StreamBench.batch) / seconds }

  /// Has one batch after the other filled, for so many seconds.
  mutating func run(for duration: Double, _ fill: (_ batch: Int) -> Void) {
    let end = seconds + duration
    while seconds < end {
      seconds += StreamBench.seconds { fill(batches) }
      batches += 1
    }
  }
}
