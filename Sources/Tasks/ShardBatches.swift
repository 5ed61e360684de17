package import Engine
package import Shards
import Synchronization

/// A task of a data set as the engine sees it: batches are a pure function of the seed, the task's indices, the use and
/// the inner step.
package final class ShardBatches: BatchSource {
  private let task: TaskImages
  private let size: Int
  private let scaling: PixelScaling
  private let seed: UInt64
  private let indices: [UInt64]
  private let counter: StepCounter?
  private let streams = Mutex<[BatchUse: BatchStream]>([:])
  package let shape: ImageShape

  /// - Parameters:
  ///   - batch: images of every minibatch.
  ///   - indices: what tells this task's batches from those of others, for example worker and draw.
  ///   - counter: counts the batches.
  package init(_ task: TaskImages, batch: Int, seed: UInt64, indices: [UInt64], counter: StepCounter? = nil) {
    self.counter = counter
    self.task = task
    size = batch
    scaling = .unit(task.shape)
    shape = ImageShape(task.shape)
    self.seed = seed
    self.indices = indices
  }

  package func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
    counter?.add()
    stream(use).batch(step, pixels: &batch.pixels, labels: &batch.labels)
  }

  private func stream(_ use: BatchUse) -> BatchStream {
    streams.withLock { streams in
      if let known = streams[use] { return known }
      let split: ImageSplit = if case .outer(_, .validation) = use { .validation } else { .train }
      let stream = BatchStream(
        task, split: split, size: size, scaling: scaling, seed: seed, indices: indices + [use.number])
      streams[use] = stream
      return stream
    }
  }
}

extension ImageShape {
  /// A data set's shape in the engine's words.
  init(_ shape: Manifest.Shape) {
    self.init(height: shape.height, width: shape.width, channels: shape.channels)
  }
}

extension Dataset {
  /// The images' shape, in the engine's words.
  package var imageShape: ImageShape { ImageShape(manifest.shape) }
}
