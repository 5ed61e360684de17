import Engine

/// What figure 5's points take, in inner steps without derivatives.
extension Figure5 {
  /// A step with its derivative is about five without.
  private static let stepsOfDerivative = 5
  /// In inner steps, by the mean of a curriculum's lengths: what a task's end cuts off is not told apart.
  var costOfTraining: Int {
    let length = settings.outer.curriculum.length(outerIteration: settings.outerIterations / 2)
    return 2 * settings.outer.pairs * settings.every * Int(length) * Self.stepsOfDerivative
  }
  var costOfEvaluation: Int { settings.tasks * settings.steps }
  func costOfVariance(_ length: Int) -> Int {
    2 * settings.outer.pairs * settings.draws * length * Self.stepsOfDerivative
  }
  /// Adam's grid has 16 rates.
  var costOfAdam: Int { 16 * costOfEvaluation }

  package var cost: Int {
    let intervals = settings.checkpoints.count - 1
    let ofTrainings = trainings.count * (intervals * costOfTraining + settings.checkpoints.count * costOfEvaluation)
    let ofVariances = settings.checkpoints.count * settings.lengths.reduce(0) { $0 + costOfVariance($1) }
    return ofTrainings + ofVariances + Objective.allCases.count * costOfAdam
  }
}
