import Engine

/// The minibatches of a truncation, given image by image.
struct GivenBatches: BatchSource {
  let shape: ImageShape
  /// Images of a minibatch.
  let batch: Int
  let firstStep: Int
  /// [K, B, H, W, C] and [K, B]
  let pixels: [UInt8]
  let labels: [Int32]
  /// [K, M, B, H, W, C] and [K, M, B]; M may be 0.
  let freshBatches: Int
  let freshPixels: [UInt8]
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
