package import Engine

/// The training losses of an evaluation's runs over inner steps and over time, of each optimizer with its best
/// hyperparameters.
///
/// A run's loss at step t is the mean of its last ⌊t/10⌋ minibatch losses (of one below step 20). At the last step that
/// is the training loss of ``EvaluationResult``. Points lie ever further apart: 10,000 steps have 321.
package struct EvaluationCurves: Sendable, Equatable {
  /// The statistics of the runs' losses at one step.
  package struct Point: Sendable, Equatable {
    /// The number of inner steps done, from 1.
    package var step: Int
    /// The seconds that these steps take, at the optimizer's median time of a step.
    package var seconds: Double
    /// The median of the runs' losses.
    package var median: Double
    /// The first quartile of the runs' losses.
    package var lowerQuartile: Double
    /// The third quartile of the runs' losses.
    package var upperQuartile: Double
    /// The mean of the runs' losses.
    package var mean: Double
  }

  /// The curve of one optimizer.
  package struct Curve: Sendable, Equatable {
    /// The optimizer's name, the raw value of ``Contender/Kind``.
    package var optimizer: String
    /// The values that the optimizer was tuned to; nil for the learned optimizer.
    package var hyperparameters: [Hyperparameter: Float]?
    /// The number that multiplied the learned updates; nil for a baseline.
    package var stepScale: Float?
    /// The schedule of the runs.
    package var schedule: StepSchedule
    /// The median time of a step, in seconds.
    package var secondsPerStep: Double
    /// The points in the order of their steps.
    package var points: [Point]

    /// The learning rate; nil for the learned optimizer.
    package var learningRate: Float? { hyperparameters?[.learningRate] }
  }

  /// The plan of the evaluation.
  package var plan: EvaluationPlan
  /// The curves, in the order of the results.
  package var curves: [Curve]

  /// Computes the curves.
  /// - Parameters:
  ///   - found: each contender with its runs.
  ///   - secondsPerStep: the median time of a step of each contender.
  init(_ plan: EvaluationPlan, _ found: [(Contender, [RunOutcome])], secondsPerStep: [Double]) {
    self.plan = plan
    let steps = Self.steps(upTo: plan.steps)
    curves = zip(found, secondsPerStep).map { entry, seconds in
      let (contender, runs) = entry
      let losses = runs.map { Self.smoothed($0.curve, at: steps) }
      let points = steps.enumerated().map { index, step in
        let values = losses.map { $0[index] }
        return Point(
          step: step, seconds: Double(step) * seconds, median: EvaluationResult.quantile(0.5, values),
          lowerQuartile: EvaluationResult.quantile(0.25, values),
          upperQuartile: EvaluationResult.quantile(0.75, values), mean: values.reduce(0, +) / Double(values.count))
      }
      return Curve(
        optimizer: contender.kind.rawValue, hyperparameters: contender.hyperparameters,
        stepScale: contender.stepScale, schedule: contender.schedule, secondsPerStep: seconds, points: points)
    }
  }

  /// Returns the steps of the points: every step up to about 75, then each 2 % after the one before, and the last.
  static func steps(upTo last: Int) -> [Int] {
    var steps: [Int] = []
    var next = 1
    while next < last {
      steps.append(next)
      next = max(next + 1, Int((Double(next) * 1.02).rounded()))
    }
    return steps + [last]
  }

  /// Returns a run's loss at each of `steps`, the mean over the last tenth of the steps until then.
  /// - Parameter curve: the minibatch loss of every step.
  static func smoothed(_ curve: [Float], at steps: [Int]) -> [Double] {
    var sums = [0.0]
    for loss in curve { sums.append(sums[sums.count - 1] + Double(loss)) }
    return steps.map { step in
      let window = max(1, step / 10)
      return (sums[step] - sums[step - window]) / Double(window)
    }
  }
}
