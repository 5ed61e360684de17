package import Engine

/// What one training run came to.
package struct RunOutcome: Codable, Sendable, Equatable {
  /// The minibatch loss before each update; the loss of a run that diverged is ``divergedLoss`` from there on.
  var curve: [Float]
  var validationLoss: Double
  var validationAccuracy: Double
  /// The validation loss at each of the plan's looks; nil where it has none.
  var validationCurve: [Double]?

  static let divergedLoss: Float = 10

  /// The mean of the last `tail` losses.
  func trainLoss(tail: Int) -> Double {
    curve.suffix(tail).reduce(0) { $0 + Double($1) } / Double(tail)
  }

  package func loss(_ objective: Objective, tail: Int) -> Double {
    objective == .train ? trainLoss(tail: tail) : validationLoss
  }
}
