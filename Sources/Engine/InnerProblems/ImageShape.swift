/// The shape of a dataset's images.
package struct ImageShape: Codable, Hashable, Sendable, CustomStringConvertible {
  package var height: Int
  package var width: Int
  package var channels: Int

  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Values of one image.
  package var count: Int { height * width * channels }

  package var description: String { "\(height)×\(width)×\(channels)" }
}

/// A minibatch: pixels [batch, height, width, channels] from 0 to 1, and labels [batch]. Whoever fills it keeps its
/// size.
package struct Batch: Sendable, Equatable {
  package var pixels: [Float]
  package var labels: [Int32]

  package init(size: Int, shape: ImageShape) {
    pixels = Array(repeating: 0, count: size * shape.count)
    labels = Array(repeating: 0, count: size)
  }
}

/// What a minibatch is for.
package enum BatchUse: Hashable, Sendable {
  /// The training images of an inner step.
  case inner
  /// The `index`-th fresh batch on which the outer-loss of a step is measured.
  case outer(index: Int, OuterSettings.Objective)

  /// What tells a step's uses apart, as an index of random numbers. Part of what a resumed run must reproduce.
  package var number: UInt64 {
    switch self {
    case .inner: 0
    case .outer(let index, .train): UInt64(1 + 2 * index)
    case .outer(let index, .validation): UInt64(2 + 2 * index)
    }
  }
}

/// The images of a task: how batches reach the engine.
package protocol TaskImages: Sendable {
  var shape: ImageShape { get }

  /// Fills `batch`, of the size for which the task was made.
  ///
  /// A pure function of the task, the use and the inner step: both members of an antithetic pair, a replay and a restart
  /// see the same.
  func fill(_ batch: inout Batch, for use: BatchUse, step: Int)
}
