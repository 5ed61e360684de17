import Foundation

@testable import Engine

/// Synthetic tasks, but those of one worker have pixels that are not numbers.
struct PoisonedTasks: TaskDistribution {
  var shape: ImageShape
  var worker: Int

  private struct Images: BatchSource {
    var shape: ImageShape

    func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
      for pixel in batch.pixels.indices { batch.pixels[pixel] = .nan }
      for image in batch.labels.indices { batch.labels[image] = 0 }
    }
  }

  func task(worker: Int, draw: Int) throws -> InnerTask {
    guard worker == self.worker else { return try SyntheticTasks(shape: shape).task(worker: worker, draw: draw) }
    return InnerTask(problem: 0, images: Images(shape: shape))
  }
}

/// Synthetic tasks, but every batch of one worker takes a while.
struct SlowTasks: TaskDistribution {
  var shape: ImageShape
  var worker: Int
  var seconds: Double

  private struct Images: BatchSource {
    var images: any BatchSource
    var seconds: Double
    var shape: ImageShape { images.shape }

    func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
      Thread.sleep(forTimeInterval: seconds)
      images.fill(&batch, for: use, step: step)
    }
  }

  func task(worker: Int, draw: Int) throws -> InnerTask {
    let task = try SyntheticTasks(shape: shape).task(worker: worker, draw: draw)
    guard worker == self.worker else { return task }
    return InnerTask(problem: task.problem, images: Images(images: task.images, seconds: seconds))
  }
}
