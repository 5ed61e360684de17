/// The settings of the inner problems of outer-training. The defaults are the preset `small`.
package struct InnerSettings: Codable, Hashable, Sendable {
  /// The life of a task in inner steps: log-uniform between two numbers, fixed where they are equal
  /// (Documentation/method.md#lives).
  package struct Life: Codable, Hashable, Sendable {
    /// The ways in which samples of tasks of different ages count (Documentation/method.md#ages).
    package enum Ages: String, Codable, CaseIterable, Sendable {
      /// Each as it comes: late ages are as rare as long lives.
      case lives
      /// Each by the inverse of how rare its age is.
      case even
    }

    /// The shortest life.
    package var from = 50
    /// The longest life.
    package var to = 500
    /// How samples of different ages count.
    package var ages = Ages.lives
  }

  /// The number of images of a minibatch.
  package var batch = 32
  /// The number of classes of a task.
  package var classes = 10
  /// The life of a task.
  package var life = Life()
  /// The value at which the loss that an inner step goes down is clipped: where a minibatch's loss is that large or
  /// larger, the gradient is 0 (Documentation/method.md#clip-of-the-inner-loss). It is not where this is nil.
  package var lossClip: Float?
  /// The architecture of the learned optimizer.
  package var optimizer = Architecture()

  /// The numbers of images that a minibatch may have.
  package static let batchRange = 1...65_536

  /// The preset `small`.
  package static let small = InnerSettings()

  /// The preset `paper`.
  package static let paper: InnerSettings = {
    var settings = InnerSettings()
    settings.batch = 128
    settings.life = Life(from: 10_000, to: 10_000)
    settings.lossClip = 10
    return settings
  }()

  /// Makes the preset `small`.
  package init() {}
}
