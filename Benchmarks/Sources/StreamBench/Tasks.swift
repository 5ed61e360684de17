import ArgumentParser
import Foundation
import Shards

struct Tasks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Streams batches of many tasks of 10 classes, one task after the other, as outer-training does.",
    discussion: "In outer-training as published a task lives for 10,000 batches.")

  @Argument(help: "A dataset folder.", completion: .directory)
  var dataset: String

  @Option(help: "How many tasks are timed.")
  var tasks = 1000

  @Option(help: "How many tasks are streamed before: they fill the page cache.")
  var warmUp = 0

  @Option(help: "How many batches of 128 a task gives before it is closed.")
  var batches = 1000

  private struct Result: Encodable {
    var tasks: Int
    var imagesPerSecond: Double
  }

  func run() throws {
    let dataset = try Dataset(at: URL(filePath: dataset))
    for index in 0..<warmUp { try stream(dataset, index) }
    let seconds = try StreamBench.seconds { for index in warmUp..<warmUp + tasks { try stream(dataset, index) } }
    try StreamBench.print(
      Result(tasks: tasks, imagesPerSecond: Double(tasks * batches * StreamBench.batch) / seconds))
  }

  private func stream(_ dataset: Dataset, _ index: Int) throws {
    let task = try dataset.open(dataset.sampleTask(split: .train, classes: 10, seed: 1, index: index))
    let stream = BatchStream(
      task, split: .train, size: StreamBench.batch, scaling: .normalised(dataset.manifest), seed: 1,
      indices: [UInt64(index)])
    var pixels = [Float](repeating: 0, count: stream.size * task.shape.count)
    var labels = [Int32](repeating: 0, count: stream.size)
    for number in 0..<batches { stream.batch(number, pixels: &pixels, labels: &labels) }
  }
}
