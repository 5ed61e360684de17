import Foundation

@testable import Engine

/// Synthetic tasks, but those of one worker have pixels that are not numbers.
struct PoisonedTasks: TaskSource {
  var shape: ImageShape
  var worker: Int

  private struct Images: TaskImages {
    var shape: ImageShape

    func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
      for pixel in batch.pixels.indices { batch.pixels[pixel] = .nan }
      for image in batch.labels.indices { batch.labels[image] = 0 }
    }
  }

  func task(worker: Int, draw: Int) throws -> AssignedTask {
    guard worker == self.worker else { return try SyntheticTasks(shape: shape).task(worker: worker, draw: draw) }
    return AssignedTask(problem: 0, images: Images(shape: shape))
  }
}

/// Synthetic tasks, but every batch of one worker takes a while.
struct SlowTasks: TaskSource {
  var shape: ImageShape
  var worker: Int
  var seconds: Double

  private struct Images: TaskImages {
    var images: any TaskImages
    var seconds: Double
    var shape: ImageShape { images.shape }

    func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
      Thread.sleep(forTimeInterval: seconds)
      images.fill(&batch, for: use, step: step)
    }
  }

  func task(worker: Int, draw: Int) throws -> AssignedTask {
    let task = try SyntheticTasks(shape: shape).task(worker: worker, draw: draw)
    guard worker == self.worker else { return task }
    return AssignedTask(problem: task.problem, images: Images(images: task.images, seconds: seconds))
  }
}
