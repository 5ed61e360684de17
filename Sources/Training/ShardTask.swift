public import Engine
import Randomness
public import Shards

/// A task of a data set as the engine sees it: batches are a pure function of the seed, the task's indices, the use and
/// the inner step.
public struct ShardTask: TaskImages {
  private let task: OpenTask
  private let seed: UInt64
  private let indices: [UInt64]
  public let shape: ImageShape

  /// - Parameter indices: what tells this task's batches from those of others, for example worker and draw.
  public init(_ task: OpenTask, shape: ImageShape, seed: UInt64, indices: [UInt64]) {
    self.task = task
    self.shape = shape
    self.seed = seed
    self.indices = indices
  }

  public func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
    let (stream, part): (UInt64, OpenTask.Part) =
      switch use {
      case .inner: (0, .training)
      case .outer(let index, .train): (UInt64(1 + 2 * index), .training)
      case .outer(let index, .validation): (UInt64(2 + 2 * index), .validation)
      }
    var random = RandomStream(seed: seed, purpose: .batch, indices: indices + [stream, UInt64(step)])
    task.fill(pixels: &batch.pixels, labels: &batch.labels, from: part, random: &random)
  }
}

extension Dataset {
  /// The images' shape, in the engine's words.
  public var imageShape: ImageShape {
    ImageShape(height: manifest.shape.height, width: manifest.shape.width, channels: manifest.shape.channels)
  }
}
