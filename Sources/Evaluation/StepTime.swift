/// The time of one inner step of an optimizer on one thread.
package struct StepTime: Codable, Sendable, Equatable {
  /// The seconds of the whole step: batch, gradient and update.
  package var seconds: Double
  /// The seconds of the optimizer's update alone.
  package var updateSeconds: Double

  /// Makes a time.
  package init(seconds: Double, updateSeconds: Double) {
    self.seconds = seconds
    self.updateSeconds = updateSeconds
  }

  /// The update's share of the step, from 0 to 1.
  package var updateShare: Double { updateSeconds / seconds }
}
