/// The training and the validation loss of one optimizer's training runs over inner steps.
package struct LossCurves: Codable, Sendable, Equatable {
  /// The runs' losses at one step.
  package struct Point: Codable, Sendable, Equatable {
    /// Inner steps done.
    package var step: Int
    package var mean: Double
    package var lowerQuartile: Double
    package var upperQuartile: Double

    init(_ step: Int, _ losses: [Double]) {
      self.step = step
      mean = losses.reduce(0, +) / Double(losses.count)
      lowerQuartile = EvaluationResult.quantile(0.25, losses)
      upperQuartile = EvaluationResult.quantile(0.75, losses)
    }
  }

  package var contender: Contender
  /// Of each run's mean over its last ⌊t/10⌋ minibatch losses at step t, as in ``EvaluationCurves``.
  package var training: [Point]
  /// Of the losses over all validation images, at the plan's looks.
  package var validation: [Point]
  /// Each run's loss at the marked step, tasks outside and initialisations inside.
  package var markedTraining: [Double]
  package var markedValidation: [Double]

  /// - Parameter mark: a step of the plan's looks, above 0.
  init(_ contender: Contender, _ runs: [RunOutcome], plan: EvaluationPlan, mark: Int) {
    let looks = plan.looks ?? []
    let steps = Set(EvaluationCurves.steps(upTo: plan.steps) + [mark]).sorted()
    let losses = runs.map { EvaluationCurves.smoothed($0.curve, at: steps) }
    let validationLosses = runs.map { $0.validationCurve ?? [] }
    guard let markedStep = steps.firstIndex(of: mark), let markedLook = looks.firstIndex(of: mark) else {
      preconditionFailure("the marked step is one of the plan's looks")
    }
    self.contender = contender
    training = steps.indices.map { index in Point(steps[index], losses.map { $0[index] }) }
    validation = looks.indices.map { index in Point(looks[index], validationLosses.map { $0[index] }) }
    markedTraining = losses.map { $0[markedStep] }
    markedValidation = validationLosses.map { $0[markedLook] }
  }
}
