import Engine

/// The minibatches of a truncation that a case's file gives image by image.
struct GivenBatches: BatchSource {
  let shape: ImageShape
  /// The number of images of a minibatch, B.
  let batch: Int
  let firstStep: Int
  /// The images of the inner steps, [K, B, H, W, C], for K steps.
  let pixels: [UInt8]
  /// The labels of the inner steps, [K, B].
  let labels: [Int32]
  /// The number of fresh batches of each step, M; it may be 0.
  let freshBatches: Int
  /// The images of the fresh batches, [K, M, B, H, W, C].
  let freshPixels: [UInt8]
  /// The labels of the fresh batches, [K, M, B].
  let freshLabels: [Int32]

  func fill(_ target: inout Batch, for use: BatchUse, step: Int) {
    let drawn = step - firstStep
    switch use {
    case .inner: copy(batch: drawn, pixels, labels, into: &target)
    case .outer(let index, _): copy(batch: drawn * freshBatches + index, freshPixels, freshLabels, into: &target)
    }
  }

  private func copy(batch number: Int, _ pixels: [UInt8], _ labels: [Int32], into target: inout Batch) {
    let images = number * batch..<(number + 1) * batch
    target.labels.replaceSubrange(target.labels.indices, with: labels[images])
    let values = images.lowerBound * shape.count..<images.upperBound * shape.count
    for (position, pixel) in pixels[values].enumerated() { target.pixels[position] = Float(pixel) / 255 }
  }
}
