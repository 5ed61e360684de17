import Engine

/// What an evaluation says of one optimizer: means over tasks and initialisations.
package struct EvaluationResult: Codable, Sendable, Equatable {
  package var optimizer: String
  package var tunedFor: String
  /// Nil for the learned optimizer.
  package var learningRate: Float?
  /// All that it is tuned by, the learning rate too; nil for the learned optimizer.
  package var hyperparameters: [Hyperparameter: Float]?
  /// The mean of the minibatch losses before the update over the last tenth of the steps.
  package var trainLoss: Double
  /// Over all validation images of each task, after the last step.
  package var validationLoss: Double
  package var validationAccuracy: Double
  /// The quartiles of the tuned-for loss over the runs: 25 %, 50 %, 75 %.
  package var quartiles: [Double]
  /// The 95 % interval of the ratio of this optimizer's mean tuned-for loss to the best baseline's, by bootstrap over
  /// the tasks with their initialisations.
  package var ratioInterval: [Double]
  package var secondsPer1000Steps: Double
  /// What of the time of a step the optimizer's update takes, from 0 to 1.
  package var updateShare: Double
  /// The first step at which the running mean over a tenth of the steps of the averaged curve is at or below Adam's
  /// training loss; nil if never.
  package var stepsToAdamLoss: Int?
  package var secondsToAdamLoss: Double?
  /// The same for the baseline of the lowest tuned-for loss.
  package var stepsToBestBaselineLoss: Int?
  package var secondsToBestBaselineLoss: Double?
  /// Of the steps of a training run, and of the wall-clock that the best baseline takes for them, what it took until
  /// there; nil if never.
  package var shareOfBestBaselineSteps: Double?
  package var shareOfBestBaselineSeconds: Double?

  enum CodingKeys: String, CodingKey {
    case optimizer
    case tunedFor = "tuned_for"
    case learningRate = "learning_rate"
    case hyperparameters
    case trainLoss = "train_loss"
    case validationLoss = "validation_loss"
    case validationAccuracy = "validation_accuracy"
    case quartiles
    case ratioInterval = "ratio_interval"
    case secondsPer1000Steps = "seconds_per_1000_steps"
    case updateShare = "update_share"
    case stepsToAdamLoss = "steps_to_adam_loss"
    case secondsToAdamLoss = "seconds_to_adam_loss"
    case stepsToBestBaselineLoss = "steps_to_best_baseline_loss"
    case secondsToBestBaselineLoss = "seconds_to_best_baseline_loss"
    case shareOfBestBaselineSteps = "share_of_best_baseline_steps"
    case shareOfBestBaselineSeconds = "share_of_best_baseline_seconds"
  }

  /// Values that are nil are written as null.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(optimizer, forKey: .optimizer)
    try container.encode(tunedFor, forKey: .tunedFor)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(hyperparameters, forKey: .hyperparameters)
    try container.encode(trainLoss, forKey: .trainLoss)
    try container.encode(validationLoss, forKey: .validationLoss)
    try container.encode(validationAccuracy, forKey: .validationAccuracy)
    try container.encode(quartiles, forKey: .quartiles)
    try container.encode(ratioInterval, forKey: .ratioInterval)
    try container.encode(secondsPer1000Steps, forKey: .secondsPer1000Steps)
    try container.encode(updateShare, forKey: .updateShare)
    try container.encode(stepsToAdamLoss, forKey: .stepsToAdamLoss)
    try container.encode(secondsToAdamLoss, forKey: .secondsToAdamLoss)
    try container.encode(stepsToBestBaselineLoss, forKey: .stepsToBestBaselineLoss)
    try container.encode(secondsToBestBaselineLoss, forKey: .secondsToBestBaselineLoss)
    try container.encode(shareOfBestBaselineSteps, forKey: .shareOfBestBaselineSteps)
    try container.encode(shareOfBestBaselineSeconds, forKey: .shareOfBestBaselineSeconds)
  }
}

extension EvaluationResult {
  /// - Parameter found: each contender with its runs, tasks outside and initialisations inside.
  static func make(
    _ plan: EvaluationPlan, _ found: [(Contender, [RunOutcome])], _ times: [StepTime]
  ) -> [EvaluationResult] {
    // The training loss is the running mean at the curve's end, to the last bit: a baseline does reach its own.
    func trainLoss(_ runs: [RunOutcome]) -> Double { runningMean(plan, averageCurve(plan, runs), after: plan.steps) }
    func tuned(_ runs: [RunOutcome]) -> [Double] { runs.map { $0.loss(plan.tunedFor, tail: plan.tail) } }
    let all = zip(found, times).map { (contender: $0.0, runs: $0.1, time: $1) }
    let baselines = all.filter { $0.contender.kind != .learned }
    let adam = all.first { $0.contender.kind == .adam }?.runs ?? []
    let bestBaseline = baselines.min { mean(tuned($0.runs)) < mean(tuned($1.runs)) }
    let best = bestBaseline?.runs ?? []
    let bestSeconds = Double(plan.steps) * (bestBaseline?.time.seconds ?? .nan)
    return all.map { contender, runs, time in
      let seconds = time.seconds
      let losses = tuned(runs)
      let toAdam = firstStep(plan, runs, below: trainLoss(adam))
      let toBest = firstStep(plan, runs, below: trainLoss(best))
      return EvaluationResult(
        optimizer: contender.kind.rawValue, tunedFor: plan.tunedFor.rawValue, learningRate: contender.rate,
        hyperparameters: contender.hyperparameters, trainLoss: trainLoss(runs),
        validationLoss: mean(runs.map(\.validationLoss)), validationAccuracy: mean(runs.map(\.validationAccuracy)),
        quartiles: [0.25, 0.5, 0.75].map { quantile($0, losses) },
        ratioInterval: plan.ratioInterval(losses, to: tuned(best)), secondsPer1000Steps: seconds * 1_000,
        updateShare: time.updateShare,
        stepsToAdamLoss: toAdam, secondsToAdamLoss: toAdam.map { Double($0) * seconds },
        stepsToBestBaselineLoss: toBest, secondsToBestBaselineLoss: toBest.map { Double($0) * seconds },
        shareOfBestBaselineSteps: toBest.map { Double($0) / Double(plan.steps) },
        shareOfBestBaselineSeconds: toBest.map { Double($0) * seconds / bestSeconds })
    }
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// By linear interpolation between the order statistics.
  static func quantile(_ share: Double, _ values: [Double]) -> Double {
    let sorted = values.sorted()
    let position = share * Double(sorted.count - 1)
    let low = Int(position)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
  }

  /// The first step, counted from 1, at which the running mean of the averaged curve is at or below `level`.
  static func firstStep(_ plan: EvaluationPlan, _ runs: [RunOutcome], below level: Double) -> Int? {
    let curve = averageCurve(plan, runs)
    return (plan.tail...plan.steps).first { runningMean(plan, curve, after: $0) <= level }
  }

  /// The loss of each step, averaged over runs.
  private static func averageCurve(_ plan: EvaluationPlan, _ runs: [RunOutcome]) -> [Double] {
    (0..<plan.steps).map { step in mean(runs.map { Double($0.curve[step]) }) }
  }

  /// The mean over the window, a tenth of all steps, that ends with step `steps`.
  private static func runningMean(_ plan: EvaluationPlan, _ curve: [Double], after steps: Int) -> Double {
    mean(Array(curve[(steps - plan.tail)..<steps]))
  }
}
