import Files

/// Means over an evaluation's tasks and initialisations.
package struct MeanLosses: Codable, Sendable, Equatable {
  /// Of the minibatch losses over the last tenth of the steps.
  package var train: Double
  /// Over all validation images, after the last step.
  package var validation: Double

  init(_ outcomes: [RunOutcome], tail: Int) {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    train = mean(outcomes.map { $0.trainLoss(tail: tail) })
    validation = mean(outcomes.map(\.validationLoss))
  }
}

/// Parts of an evaluation, for those who make many of them; each for good: the same begins anew.
extension Evaluation {
  /// The learned optimizer's alone.
  package func learnedLosses() throws -> MeanLosses {
    let progress = Files.Progress("evaluating", unit: "inner steps", total: nil, enabled: false)
    let outcomes = try outcomes([Contender(kind: .learned)], of: plan.everything, progress)[0]
    forget()
    return MeanLosses(outcomes, tail: plan.tail)
  }

  /// Those of tuned Adam alone.
  package func adamLosses() throws -> MeanLosses {
    let progress = Files.Progress("evaluating", unit: "inner steps", total: nil, enabled: false)
    let outcomes = try tune(.adam, progress).1
    forget()
    return MeanLosses(outcomes, tail: plan.tail)
  }
}
