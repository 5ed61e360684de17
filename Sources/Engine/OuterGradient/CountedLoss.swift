/// The loss that an inner step counts to the outer-loss (Documentation/method.md#the-outer-loss).
package struct CountedLoss: Sendable, Hashable {
  /// The number M of fresh batches on which the loss is measured after the update. With 0, the loss of the step's own
  /// batch before the update counts.
  package var freshBatches: Int
  /// The images, training or validation, of which fresh batches are.
  package var objective: Objective
  /// The value that a batch's loss counts, with gradient 0, where it is that large or larger, or not finite.
  package var clip: Float

  /// Makes a rule.
  package init(freshBatches: Int, objective: Objective, clip: Float) {
    self.freshBatches = freshBatches
    self.objective = objective
    self.clip = clip
  }

  /// Makes the rule that the settings give.
  init(_ settings: OuterSettings) {
    self.init(
      freshBatches: settings.loss == .freshBatches ? settings.freshBatches : 0, objective: settings.objective,
      clip: settings.lossClip)
  }

  /// Returns whether a loss counts as it is, with its gradient.
  func isCounted(_ loss: Float) -> Bool { loss < clip }

  /// Returns the value that a loss counts.
  func clipped(_ loss: Float) -> Float { isCounted(loss) ? loss : clip }
}
