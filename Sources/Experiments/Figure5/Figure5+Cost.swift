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

  /// The pieces of work.
  package var work: [FigureWork] {
    let checkpoints = settings.checkpoints.count
    let variances = settings.lengths.reduce(0) { $0 + costOfVariance($1) }
    return [
      FigureWork(
        "outer-training, \(trainings.count) runs of \(settings.outerIterations.grouped) outer-iterations",
        cost: trainings.count * (checkpoints - 1) * costOfTraining),
      FigureWork(
        "evaluating \(checkpoints) θ of each run on \(settings.tasks) tasks",
        cost: trainings.count * checkpoints * costOfEvaluation),
      FigureWork("tuning Adam", cost: Objective.allCases.count * costOfAdam),
      FigureWork(
        "variances, of \(settings.lengths.count) lengths and \(settings.sigmas.count) σ",
        cost: checkpoints * settings.sigmas.count * variances),
    ]
  }
}
