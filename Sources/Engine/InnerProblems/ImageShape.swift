/// The shape of a dataset's images.
public struct ImageShape: Codable, Hashable, Sendable, CustomStringConvertible {
  public var height: Int
  public var width: Int
  public var channels: Int

  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Values of one image.
  public var count: Int { height * width * channels }

  public var description: String { "\(height)×\(width)×\(channels)" }
}

/// A minibatch: pixels [batch, height, width, channels] from 0 to 1, and labels [batch]. Whoever fills it keeps its
/// size.
public struct Batch: Sendable, Equatable {
  public var pixels: [Float]
  public var labels: [Int32]

  public init(size: Int, shape: ImageShape) {
    pixels = Array(repeating: 0, count: size * shape.count)
    labels = Array(repeating: 0, count: size)
  }
}

/// What a minibatch is for.
public enum BatchUse: Hashable, Sendable {
  /// The training images of an inner step.
  case inner
  /// The `index`-th fresh batch on which the outer-loss of a step is measured.
  case outer(index: Int, OuterSettings.Objective)

  /// What tells a step's uses apart, as an index of random numbers. Part of what a resumed run must reproduce.
  public var number: UInt64 {
    switch self {
    case .inner: 0
    case .outer(let index, .train): UInt64(1 + 2 * index)
    case .outer(let index, .validation): UInt64(2 + 2 * index)
    }
  }
}

/// The images of a task: how batches reach the engine.
public protocol TaskImages: Sendable {
  var shape: ImageShape { get }

  /// Fills `batch`, of the size for which the task was made.
  ///
  /// A pure function of the task, the use and the inner step: both members of an antithetic pair, a replay and a restart
  /// see the same.
  func fill(_ batch: inout Batch, for use: BatchUse, step: Int)
}
