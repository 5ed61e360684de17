import Engine
import TestSupport

/// A fixture's minibatches: images of the sample at 14×14, by their numbers.
struct FixtureImages: TaskImages {
  let shape = ImageShape(height: 14, width: 14, channels: 1)
  let firstStep: Int
  let freshBatches: Int
  /// [K, B] and [K, M, B]
  let own: [Int]
  let fresh: [Int]

  init(_ recipe: OuterGradientFixture.Recipe) {
    firstStep = recipe.step
    freshBatches = recipe.outerBatches
    (own, fresh) = FixtureInputs.images(recipe)
  }

  /// The first batch alone.
  init(batch: Int) {
    firstStep = 0
    freshBatches = 0
    own = FixtureInputs.indices(500, batch, below: MNISTSample.training.count)
    fresh = []
  }

  func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
    let drawn = step - firstStep
    switch use {
    case .inner: fill(&batch, number: drawn, of: own)
    case .outer(let index, _): fill(&batch, number: drawn * freshBatches + index, of: fresh)
    }
  }

  private func fill(_ batch: inout Batch, number: Int, of images: [Int]) {
    let count = batch.labels.count
    for (position, image) in images[number * count..<(number + 1) * count].enumerated() {
      batch.labels[position] = Int32(MNISTSample.training.labels[image])
      batch.pixels.replaceSubrange(
        position * 196..<(position + 1) * 196, with: MNISTSample.training.halved(image).map { Float($0) / 255 })
    }
  }
}
