package import Engine

/// The outcome of one training run.
package struct RunOutcome: Codable, Sendable, Equatable {
  /// The minibatch loss before each update. From the step at which a run diverges on it is ``divergedLoss``.
  var curve: [Float]
  /// The mean loss over all validation images after the last step.
  var validationLoss: Double
  /// The share of validation images that are classified rightly after the last step, from 0 to 1.
  var validationAccuracy: Double
  /// The validation loss at each of the plan's looks; nil where it has none.
  var validationCurve: [Double]?

  /// The loss that counts for a run that has diverged, and the largest that counts at all.
  static let divergedLoss: Float = 10

  /// Whether the run diverged, or came to losses that count as much: its last minibatch's, or that over all validation
  /// images.
  var hasDiverged: Bool {
    curve.last == Self.divergedLoss || validationLoss >= Double(Self.divergedLoss)
  }

  /// Returns the mean of the last `tail` minibatch losses.
  func trainLoss(tail: Int) -> Double {
    curve.suffix(tail).reduce(0) { $0 + Double($1) } / Double(tail)
  }

  /// Returns the training loss or the validation loss, as the objective says.
  /// - Parameter tail: the number of last steps that make the training loss.
  package func loss(_ objective: Objective, tail: Int) -> Double {
    objective == .train ? trainLoss(tail: tail) : validationLoss
  }
}
