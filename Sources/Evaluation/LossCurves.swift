/// The training and the validation loss of one optimizer's training runs over inner steps.
package struct LossCurves: Codable, Sendable, Equatable {
  /// The statistics of the runs' losses at one step.
  package struct Point: Codable, Sendable, Equatable {
    /// The number of inner steps done.
    package var step: Int
    /// The mean of the runs' losses.
    package var mean: Double
    /// The first quartile of the runs' losses.
    package var lowerQuartile: Double
    /// The third quartile of the runs' losses.
    package var upperQuartile: Double

    init(_ step: Int, _ losses: [Double]) {
      self.step = step
      mean = losses.reduce(0, +) / Double(losses.count)
      lowerQuartile = EvaluationResult.quantile(0.25, losses)
      upperQuartile = EvaluationResult.quantile(0.75, losses)
    }
  }

  /// The optimizer with its hyperparameters.
  package var contender: Contender
  /// The statistics of training losses: at step t, each run's mean over its last ⌊t/10⌋ minibatch losses, as in
  /// ``EvaluationCurves``.
  package var training: [Point]
  /// The statistics of the losses over all validation images, at the plan's looks.
  package var validation: [Point]
  /// Each run's training loss at the marked step, tasks outside and initialisations inside.
  package var markedTraining: [Double]
  /// Each run's validation loss at the marked step, tasks outside and initialisations inside.
  package var markedValidation: [Double]

  /// Computes the curves of runs.
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
