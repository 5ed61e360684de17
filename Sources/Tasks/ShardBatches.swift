package import Engine
package import Shards
import Synchronization

/// The batches of a data set's task, as the engine asks for them.
///
/// A batch is a pure function of the seed, the task's indices, the use and the inner step.
package final class ShardBatches: BatchSource {
  private let task: TaskImages
  private let size: Int
  private let scaling: PixelScaling
  private let seed: UInt64
  private let indices: [UInt64]
  private let counter: StepCounter?
  private let streams = Mutex<[BatchUse: BatchStream]>([:])
  /// The shape of the images.
  package let shape: ImageShape

  /// Makes the batches of a task.
  /// - Parameters:
  ///   - batch: the number of images of every minibatch.
  ///   - seed: the seed of the batches.
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

  /// Fills a batch for a use and an inner step: images scaled to 0 … 1, and labels.
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
  /// Makes the engine's shape from a data set's.
  init(_ shape: Manifest.Shape) {
    self.init(height: shape.height, width: shape.width, channels: shape.channels)
  }
}

extension Dataset {
  /// The shape of the data set's images, in the engine's type.
  package var imageShape: ImageShape { ImageShape(manifest.shape) }
}
