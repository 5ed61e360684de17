import Engine

/// The costs of figure 5's points, in inner steps without derivatives.
extension Figure5 {
  /// The cost of a step with its derivative, about that of five without.
  private static let stepsOfDerivative = 5
  /// The cost of one interval of an outer-training, by the curriculum's length in its middle. Steps that a task's end
  /// cuts off are counted too.
  var costOfTraining: Int {
    let length = settings.outer.curriculum.length(outerIteration: settings.outerIterations / 2)
    return 2 * settings.outer.pairs * settings.every * Int(length) * Self.stepsOfDerivative
  }
  var costOfEvaluation: Int { settings.tasks * settings.steps }
  func costOfVariance(_ length: Int) -> Int {
    2 * settings.outer.pairs * settings.draws * length * Self.stepsOfDerivative
  }
  /// The cost of tuning Adam, whose grid has 16 rates.
  var costOfAdam: Int { 16 * costOfEvaluation }

  /// The cost of all points.
  package var cost: Int {
    let intervals = settings.checkpoints.count - 1
    let ofTrainings = trainings.count * (intervals * costOfTraining + settings.checkpoints.count * costOfEvaluation)
    let ofVariances = settings.checkpoints.count * settings.lengths.reduce(0) { $0 + costOfVariance($1) }
    return ofTrainings + ofVariances + Objective.allCases.count * costOfAdam
  }
}
