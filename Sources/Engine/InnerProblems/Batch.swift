/// A minibatch of images (Documentation/method.md#tasks-and-minibatches). Filling it does not change its size.
package struct Batch: Sendable, Equatable {
  /// The pixels, [batch, height, width, channels], from 0 to 1.
  package var pixels: [Float]
  /// The labels, [batch], each from 0 to below the number of classes.
  package var labels: [Int32]

  /// Makes a minibatch of `size` images, with all pixels and labels 0.
  package init(size: Int, shape: ImageShape) {
    pixels = Array(repeating: 0, count: size * shape.count)
    labels = Array(repeating: 0, count: size)
  }
}

/// The use of a minibatch in an inner step.
package enum BatchUse: Hashable, Sendable {
  /// An inner step's own images, on whose loss the gradient is taken.
  case inner
  /// Fresh images on which the outer-loss of a step is measured, batch `index` from 0.
  case outer(index: Int, Objective)

  /// The number by which a step's uses draw different images. A resumed run must reproduce it: never change it.
  package var number: UInt64 {
    switch self {
    case .inner: 0
    case .outer(let index, .train): UInt64(1 + 2 * index)
    case .outer(let index, .validation): UInt64(2 + 2 * index)
    }
  }
}
