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
  case outer(index: Int, Objective)

  /// What tells a step's uses apart, as an index of random numbers. Part of what a resumed run must reproduce.
  package var number: UInt64 {
    switch self {
    case .inner: 0
    case .outer(let index, .train): UInt64(1 + 2 * index)
    case .outer(let index, .validation): UInt64(2 + 2 * index)
    }
  }
}
