/// What an inner step counts to the outer-loss (method, the table of words).
package struct CountedLoss: Sendable, Hashable {
  /// The number M of fresh batches on which the loss is measured after the update; 0: the loss of the step's own
  /// batch, before the update.
  package var freshBatches: Int
  /// Whose images fresh batches are.
  package var objective: Objective
  /// A batch's loss of this much or more, or one that is not finite, counts as this much, with gradient 0.
  package var clip: Float

  package init(freshBatches: Int, objective: Objective, clip: Float) {
    self.freshBatches = freshBatches
    self.objective = objective
    self.clip = clip
  }

  init(_ settings: OuterSettings) {
    self.init(
      freshBatches: settings.loss == .freshBatches ? settings.freshBatches : 0, objective: settings.objective,
      clip: settings.lossClip)
  }

  /// Whether the gradient of a loss counts.
  func isCounted(_ loss: Float) -> Bool { loss < clip }

  func clipped(_ loss: Float) -> Float { isCounted(loss) ? loss : clip }
}
