import Files

/// Mean losses over an evaluation's tasks and initialisations.
package struct MeanLosses: Codable, Sendable, Equatable {
  /// The mean of the minibatch losses over the last tenth of the steps.
  package var train: Double
  /// The mean loss over all validation images, after the last step.
  package var validation: Double

  /// Computes the means.
  /// - Parameter tail: the number of last steps that make a run's training loss.
  init(_ outcomes: [RunOutcome], tail: Int) {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    train = mean(outcomes.map { $0.trainLoss(tail: tail) })
    validation = mean(outcomes.map(\.validationLoss))
  }
}

/// Parts of an evaluation, for outer-training, which makes many of them. Each removes the journal when it is done, so
/// that the same one begins anew.
extension Evaluation {
  /// Trains with the learned optimizer alone, and returns its mean losses.
  package func learnedLosses() throws -> MeanLosses {
    let progress = Files.Progress("evaluating", unit: "inner steps", total: nil, display: .none)
    let outcomes = try outcomes([Contender(kind: .learned)], of: plan.everything, progress)[0]
    forget()
    return MeanLosses(outcomes, tail: plan.tail)
  }

  /// Tunes Adam alone, and returns its mean losses.
  package func adamLosses() throws -> MeanLosses {
    let progress = Files.Progress("evaluating", unit: "inner steps", total: nil, display: .none)
    let outcomes = try tune(.adam, progress).1
    forget()
    return MeanLosses(outcomes, tail: plan.tail)
  }
}
