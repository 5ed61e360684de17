import Engine

@testable import Experiments

extension InnerInstance {
  /// A network of which a test runs a hundred thousand steps.
  static let tiny = tiny(hidden: [8], contrast: 0.1, batch: 8)

  /// A problem whose gradient has no jumps, and minibatches that are noisy.
  static let tinyRegression = tiny(hidden: [], contrast: 0.05, batch: 4)

  private static func tiny(hidden: [Int], contrast: Float, batch: Int) -> InnerInstance {
    var settings = SyntheticImages.Settings()
    settings.shape = ImageShape(height: 4, width: 4, channels: 1)
    settings.classes = 4
    settings.images = 400
    settings.contrast = contrast
    return .synthetic(settings, hidden: hidden, batch: batch, seed: 1)
  }
}
