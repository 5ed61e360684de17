/// What one inner step of an optimizer costs on one thread.
public struct StepTime: Codable, Sendable, Equatable {
  /// Of the whole step: batch, gradient and update.
  public var seconds: Double
  /// Of the optimizer's update alone.
  public var updateSeconds: Double

  public init(seconds: Double, updateSeconds: Double) {
    self.seconds = seconds
    self.updateSeconds = updateSeconds
  }

  /// The update's share of the step, from 0 to 1.
  public var updateShare: Double { updateSeconds / seconds }
}
