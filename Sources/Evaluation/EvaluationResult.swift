package import Engine

/// The result of one optimizer in an evaluation: means over tasks and initialisations, and comparisons with baselines.
package struct EvaluationResult: Codable, Sendable, Equatable {
  /// The optimizer's name, the raw value of ``Contender/Kind``.
  package var optimizer: String
  /// The loss that baselines were tuned for, the raw value of an `Objective`.
  package var tunedFor: String
  /// The learning rate; nil for the learned optimizer.
  package var learningRate: Float?
  /// The number that multiplied the learned updates; nil for a baseline.
  package var stepScale: Float?
  /// The schedule under which the optimizer was tuned and run.
  package var schedule: StepSchedule
  /// The values of all hyperparameters, the learning rate too; nil for the learned optimizer.
  package var hyperparameters: [Hyperparameter: Float]?
  /// The training loss: the mean of the minibatch losses, each before its update, over the last tenth of the steps.
  package var trainLoss: Double
  /// The mean loss over all validation images of each task, after the last step.
  package var validationLoss: Double
  /// The share of validation images that are classified rightly, after the last step, from 0 to 1.
  package var validationAccuracy: Double
  /// The quartiles over the runs of the loss that baselines were tuned for: 25 %, 50 %, 75 %.
  package var quartiles: [Double]
  /// The 95 % interval of the ratio of this optimizer's mean loss to the best baseline's, both of the kind that
  /// baselines were tuned for, by bootstrap over the tasks with their initialisations.
  package var ratioInterval: [Double]
  /// The number of runs that diverged, or ended at a loss that counts as much; they count in every loss.
  package var divergedRuns: Int
  /// The median seconds of a step, times 1,000.
  package var secondsPer1000Steps: Double
  /// The share of a step's time that the optimizer's update takes, from 0 to 1.
  package var updateShare: Double
  /// The first step at which the running mean, over a tenth of the steps, of the averaged curve is at or below Adam's
  /// training loss; nil where there is none, or Adam was not compared.
  package var stepsToAdamLoss: Int?
  /// The time until ``stepsToAdamLoss``, in seconds; nil where the loss is not reached.
  package var secondsToAdamLoss: Double?
  /// The first step, as ``stepsToAdamLoss``, at which the training loss of the best baseline is reached: that of the
  /// lowest loss of the kind that baselines were tuned for.
  package var stepsToBestBaselineLoss: Int?
  /// The time until ``stepsToBestBaselineLoss``, in seconds; nil where the loss is not reached.
  package var secondsToBestBaselineLoss: Double?
  /// The quotient of ``stepsToBestBaselineLoss`` and the steps of a training run; nil where the loss is not reached.
  package var shareOfBestBaselineSteps: Double?
  /// The quotient of ``secondsToBestBaselineLoss`` and the best baseline's time for a training run; nil where the loss
  /// is not reached.
  package var shareOfBestBaselineSeconds: Double?

  enum CodingKeys: String, CodingKey {
    case optimizer
    case tunedFor = "tuned_for"
    case learningRate = "learning_rate"
    case stepScale = "step_scale"
    case schedule, hyperparameters
    case trainLoss = "train_loss"
    case validationLoss = "validation_loss"
    case validationAccuracy = "validation_accuracy"
    case quartiles
    case ratioInterval = "ratio_interval"
    case divergedRuns = "diverged_runs"
    case secondsPer1000Steps = "seconds_per_1000_steps"
    case updateShare = "update_share"
    case stepsToAdamLoss = "steps_to_adam_loss"
    case secondsToAdamLoss = "seconds_to_adam_loss"
    case stepsToBestBaselineLoss = "steps_to_best_baseline_loss"
    case secondsToBestBaselineLoss = "seconds_to_best_baseline_loss"
    case shareOfBestBaselineSteps = "share_of_best_baseline_steps"
    case shareOfBestBaselineSeconds = "share_of_best_baseline_seconds"
  }

  /// Encodes all keys; values that are nil are written as null.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(optimizer, forKey: .optimizer)
    try container.encode(tunedFor, forKey: .tunedFor)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(stepScale, forKey: .stepScale)
    try container.encode(schedule, forKey: .schedule)
    try container.encode(hyperparameters, forKey: .hyperparameters)
    try container.encode(trainLoss, forKey: .trainLoss)
    try container.encode(validationLoss, forKey: .validationLoss)
    try container.encode(validationAccuracy, forKey: .validationAccuracy)
    try container.encode(quartiles, forKey: .quartiles)
    try container.encode(ratioInterval, forKey: .ratioInterval)
    try container.encode(divergedRuns, forKey: .divergedRuns)
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
  /// Computes the results.
  /// - Parameters:
  ///   - found: each contender with its runs, tasks outside and initialisations inside.
  ///   - times: the time of a step of each contender.
  static func make(
    _ plan: EvaluationPlan, _ found: [(Contender, [RunOutcome])], _ times: [StepTime]
  ) -> [EvaluationResult] {
    // The training loss is the running mean at the curve's end, to the last bit, so that a baseline reaches its own.
    func trainLoss(_ runs: [RunOutcome]) -> Double { runningMean(plan, averageCurve(plan, runs), after: plan.steps) }
    func tuned(_ runs: [RunOutcome]) -> [Double] { runs.map { $0.loss(plan.tunedFor, tail: plan.tail) } }
    let all = zip(found, times).map { (contender: $0.0, runs: $0.1, time: $1) }
    // A baseline that was run under two schedules counts with the better one.
    let baselines = all.filter { !$0.contender.kind.isLearned }.sorted { mean(tuned($0.runs)) < mean(tuned($1.runs)) }
    let adam = baselines.first { $0.contender.kind == .adam }?.runs
    let bestBaseline = baselines.first
    let best = bestBaseline?.runs ?? []
    let bestSeconds = Double(plan.steps) * (bestBaseline?.time.seconds ?? .nan)
    return all.map { contender, runs, time in
      let seconds = time.seconds
      let losses = tuned(runs)
      let toAdam = adam.flatMap { firstStep(plan, runs, below: trainLoss($0)) }
      let toBest = firstStep(plan, runs, below: trainLoss(best))
      return EvaluationResult(
        optimizer: contender.kind.rawValue, tunedFor: plan.tunedFor.rawValue, learningRate: contender.rate,
        stepScale: contender.stepScale, schedule: contender.schedule,
        hyperparameters: contender.hyperparameters, trainLoss: trainLoss(runs),
        validationLoss: mean(runs.map(\.validationLoss)), validationAccuracy: mean(runs.map(\.validationAccuracy)),
        quartiles: [0.25, 0.5, 0.75].map { quantile($0, losses) },
        ratioInterval: plan.ratioInterval(losses, to: tuned(best)), divergedRuns: runs.count { $0.hasDiverged },
        secondsPer1000Steps: seconds * 1_000,
        updateShare: time.updateShare,
        stepsToAdamLoss: toAdam, secondsToAdamLoss: toAdam.map { Double($0) * seconds },
        stepsToBestBaselineLoss: toBest, secondsToBestBaselineLoss: toBest.map { Double($0) * seconds },
        shareOfBestBaselineSteps: toBest.map { Double($0) / Double(plan.steps) },
        shareOfBestBaselineSeconds: toBest.map { Double($0) * seconds / bestSeconds })
    }
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// Returns a quantile by linear interpolation between the order statistics.
  /// - Parameter share: from 0 to 1.
  static func quantile(_ share: Double, _ values: [Double]) -> Double {
    let sorted = values.sorted()
    let position = share * Double(sorted.count - 1)
    let low = Int(position)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
  }

  /// Returns the first step, from 1, at which the running mean of the averaged curve is at or below `level`; nil where
  /// there is none.
  static func firstStep(_ plan: EvaluationPlan, _ runs: [RunOutcome], below level: Double) -> Int? {
    let curve = averageCurve(plan, runs)
    return (plan.tail...plan.steps).first { runningMean(plan, curve, after: $0) <= level }
  }

  /// Returns the loss of each step, averaged over runs.
  private static func averageCurve(_ plan: EvaluationPlan, _ runs: [RunOutcome]) -> [Double] {
    (0..<plan.steps).map { step in mean(runs.map { Double($0.curve[step]) }) }
  }

  /// Returns the mean of the curve over the window, a tenth of all steps, that ends with step `steps`.
  private static func runningMean(_ plan: EvaluationPlan, _ curve: [Double], after steps: Int) -> Double {
    mean(Array(curve[(steps - plan.tail)..<steps]))
  }
}
