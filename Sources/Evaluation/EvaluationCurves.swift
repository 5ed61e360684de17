/// The training losses of an evaluation's runs over inner steps and over time, each optimizer's with its best
/// hyperparameters.
///
/// A run's loss at step t is the mean of its last ⌊t/10⌋ minibatch losses (of one below step 20): at the last step that
/// is the training loss of ``EvaluationResult``. The steps that are told lie ever further apart, so that 10,000 are 321
/// points.
package struct EvaluationCurves: Sendable, Equatable {
  /// The runs' losses at one step.
  package struct Point: Sendable, Equatable {
    /// Inner steps done, from 1.
    package var step: Int
    /// So many steps, each of the optimizer's median time.
    package var seconds: Double
    package var median: Double
    package var lowerQuartile: Double
    package var upperQuartile: Double
    package var mean: Double
  }

  /// One optimizer's.
  package struct Curve: Sendable, Equatable {
    package var optimizer: String
    /// Nil for the learned optimizer.
    package var hyperparameters: [Hyperparameter: Float]?
    package var secondsPerStep: Double
    package var points: [Point]

    /// Nil for the learned optimizer.
    package var learningRate: Float? { hyperparameters?[.learningRate] }
  }

  package var plan: EvaluationPlan
  /// In the order of the results.
  package var curves: [Curve]

  /// - Parameter found: each contender with its runs.
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
        optimizer: contender.kind.rawValue, hyperparameters: contender.hyperparameters, secondsPerStep: seconds,
        points: points)
    }
  }

  /// One after the other up to about 75, from there on each 2 % behind the one before it, and the last.
  static func steps(upTo last: Int) -> [Int] {
    var steps: [Int] = []
    var next = 1
    while next < last {
      steps.append(next)
      next = max(next + 1, Int((Double(next) * 1.02).rounded()))
    }
    return steps + [last]
  }

  /// A run's loss at each of `steps`.
  static func smoothed(_ curve: [Float], at steps: [Int]) -> [Double] {
    var sums = [0.0]
    for loss in curve { sums.append(sums[sums.count - 1] + Double(loss)) }
    return steps.map { step in
      let window = max(1, step / 10)
      return (sums[step] - sums[step - window]) / Double(window)
    }
  }
}
