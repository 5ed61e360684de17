package import Engine
import Randomness

/// A classification problem that is made of nothing but a seed.
///
/// Each class is a pattern, and its images are the pattern with noise. Some labels are wrong, so that no network gets
/// rid of the minibatches' noise.
package final class SyntheticImages: Sendable {
  /// The settings of synthetic images.
  package struct Settings: Codable, Hashable, Sendable, CustomStringConvertible {
    /// The shape of an image.
    package var shape = ImageShape(height: 8, width: 8, channels: 1)
    /// The number of classes.
    package var classes = 10
    /// The number of images in all.
    package var images = 4_000
    /// The standard deviation of the patterns' pixels around 0.5.
    package var contrast: Float = 0.1
    /// The standard deviation of the noise of each pixel.
    package var noise: Float = 0.2
    /// The share of labels that are drawn at random.
    package var wrongLabels = 0.1

    /// Makes the default settings.
    package init() {}

    /// The settings in words, for captions and for a figure's identity.
    package var description: String {
      "synthetic images (\(images) of \(shape), \(classes) random patterns of contrast \(contrast) with noise \(noise), "
        + "\(Int((100 * wrongLabels).rounded())) % random labels)"
    }
  }

  /// The settings by which the images were made.
  package let settings: Settings
  private let seed: UInt64
  /// The pixels, [images, height, width, channels], from 0 to 1.
  private let pixels: [Float]
  private let labels: [Int32]

  /// Makes the images, a pure function of the settings and the seed.
  package init(_ settings: Settings, seed: UInt64) {
    self.settings = settings
    self.seed = seed
    var random = RandomStream(seed: seed, purpose: .syntheticImages)
    let size = settings.shape.count
    let patterns = random.normals(settings.classes * size).map { settings.contrast * $0 }
    var pixels: [Float] = []
    pixels.reserveCapacity(settings.images * size)
    var labels: [Int32] = []
    for _ in 0..<settings.images {
      let label = random.below(settings.classes)
      let noise = random.normals(size)
      for pixel in 0..<size {
        pixels.append(min(max(0.5 + patterns[label * size + pixel] + settings.noise * noise[pixel], 0), 1))
      }
      let isWrong = random.uniform() < settings.wrongLabels
      labels.append(Int32(isWrong ? random.below(settings.classes) : label))
    }
    self.pixels = pixels
    self.labels = labels
  }

  /// Returns the images in minibatches, whose draws `index` numbers.
  package func task(_ index: Int) -> any BatchSource { Task(images: self, index: UInt64(index)) }

  private struct Task: BatchSource {
    let images: SyntheticImages
    let index: UInt64
    var shape: ImageShape { images.settings.shape }

    func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
      images.draw(&batch, index, UInt64(step), use.number)
    }
  }

  /// Fills a batch with images drawn with replacement.
  private func draw(_ batch: inout Batch, _ indices: UInt64...) {
    var random = RandomStream(seed: seed, purpose: .batch, indices: indices)
    let size = settings.shape.count
    for position in batch.labels.indices {
      let image = random.below(settings.images)
      batch.labels[position] = labels[image]
      batch.pixels.replaceSubrange(
        position * size..<(position + 1) * size, with: pixels[image * size..<(image + 1) * size])
    }
  }
}
