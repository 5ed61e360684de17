import Engine
import Randomness

/// A task of noisy class patterns: quick to learn, made of nothing but a seed.
struct SyntheticTask: BatchSource {
  var shape: ImageShape
  var classes = 10
  var seed: UInt64 = 0

  func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
    var random = RandomStream(seed: seed, purpose: .test, UInt64(step), use.number)
    for image in batch.labels.indices {
      let label = random.below(classes)
      batch.labels[image] = Int32(label)
      var pattern = RandomStream(seed: seed, purpose: .test, UInt64(label))
      for pixel in image * shape.count..<(image + 1) * shape.count {
        batch.pixels[pixel] = Float((pattern.below(256) + random.below(256)) / 2) / 255
      }
    }
  }
}

extension BatchSource {
  /// The training images of a step, as a batch of its own.
  func batch(of images: Int, step: Int = 0) -> Batch {
    var batch = Batch(size: images, shape: shape)
    fill(&batch, for: .inner, step: step)
    return batch
  }
}

/// The same task for every worker and draw, or one of its own for each.
struct SyntheticTasks: TaskDistribution {
  var shape: ImageShape

  func task(worker: Int, draw: Int) throws -> InnerTask {
    InnerTask(problem: 0, images: SyntheticTask(shape: shape, seed: UInt64(worker * 1000 + draw)))
  }
}

/// A network small enough that a test runs thousands of its steps.
let tinyProblem = MLP(name: "tiny", shape: ImageShape(height: 3, width: 4, channels: 1), hidden: [7, 5])

/// The same of convolutions, with sizes that no tile divides.
let tinyConvNet = ConvNet(
  name: "tiny convolutions", shape: ImageShape(height: 6, width: 5, channels: 3), channels: 5, strides: [2, 1])
