/// What one inner step of an optimizer costs on one thread.
package struct StepTime: Codable, Sendable, Equatable {
  /// Of the whole step: batch, gradient and update.
  package var seconds: Double
  /// Of the optimizer's update alone.
  package var updateSeconds: Double

  package init(seconds: Double, updateSeconds: Double) {
    self.seconds = seconds
    self.updateSeconds = updateSeconds
  }

  /// The update's share of the step, from 0 to 1.
  package var updateShare: Double { updateSeconds / seconds }
}
