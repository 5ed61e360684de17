import Engine
import TestSupport

/// A fixture's minibatches.
struct FixtureImages: BatchSource {
  let shape: ImageShape
  let firstStep: Int
  let freshBatches: Int
  /// [K, B] and [K, M, B]
  let own: FixtureInputs.Images
  let fresh: FixtureInputs.Images

  init(_ recipe: OuterGradientFixture.Recipe, shape: ImageShape) {
    self.shape = shape
    firstStep = recipe.step
    freshBatches = recipe.outerBatches
    (own, fresh) = FixtureInputs.images(recipe, shape: shape)
  }

  /// The first batch alone.
  init(batch: Int, shape: ImageShape) {
    self.shape = shape
    firstStep = 0
    freshBatches = 0
    own = FixtureInputs.images(500, batch, shape)
    fresh = FixtureInputs.images(600, 0, shape)
  }

  func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
    let drawn = step - firstStep
    switch use {
    case .inner: fill(&batch, number: drawn, of: own)
    case .outer(let index, _): fill(&batch, number: drawn * freshBatches + index, of: fresh)
    }
  }

  private func fill(_ batch: inout Batch, number: Int, of images: FixtureInputs.Images) {
    let count = batch.labels.count
    batch.labels = Array(images.labels[number * count..<(number + 1) * count])
    let pixels = images.pixels[number * count * shape.count..<(number + 1) * count * shape.count]
    batch.pixels = pixels.map { Float($0) / 255 }
  }
}
