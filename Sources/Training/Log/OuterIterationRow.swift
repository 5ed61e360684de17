import Engine
import Foundation

/// A row about an outer-iteration. A number that does not apply, or is not finite, is nil, and null in the file.
struct OuterIterationRow: Codable, Sendable, Equatable {
  /// The number of outer-iterations done, this one included.
  var outerIteration: Int
  var time: Date
  /// The mean of L(θ + ε) and L(θ − ε) over all samples.
  var outerLoss: Double?
  /// The same over the samples of each problem, by its name, without problems that had none; nil where the run has only
  /// one problem, and in logs from before it was written.
  var outerLosses: [String: Double]?
  /// The norm of the outer-gradient before it was clipped.
  var gradientNorm: Double?
  /// The variance of one sample's gradient by back-propagation, summed over the coordinates of θ.
  var reparameterizationVariance: Double?
  /// The variance of one sample's evolution strategies, summed over the coordinates of θ.
  var evolutionStrategiesVariance: Double?
  /// The weight that inverse variances give the reparameterization gradient, averaged over the coordinates.
  var reparameterizationWeight: Double?
  /// The mean length K of a truncation by the curriculum, in inner steps.
  var length: Double?
  /// The mean number of outer-iterations between the θ of a sample and the θ that it stepped.
  var staleness: Double?
  /// The number of samples that were dropped, because their θ was too old.
  var dropped: Int
  /// The number of inner steps, counting both members of each pair.
  var innerSteps: Int
  var innerStepsPerSecond: Double?
  /// The number of pairs of which a member diverged.
  var diverged: Int
  /// The learning rate of the step on θ.
  var learningRate: Double?

  private enum CodingKeys: String, CodingKey {
    case time, length, staleness, dropped, diverged
    case outerIteration = "outer_iteration"
    case outerLoss = "outer_loss"
    case outerLosses = "outer_losses"
    case gradientNorm = "gradient_norm"
    case reparameterizationVariance = "reparameterization_variance"
    case evolutionStrategiesVariance = "evolution_strategies_variance"
    case reparameterizationWeight = "reparameterization_weight"
    case innerSteps = "inner_steps"
    case innerStepsPerSecond = "inner_steps_per_second"
    case learningRate = "learning_rate"
  }

  /// Makes a row.
  /// - Parameter problems: the names of the run's problems, in the order of the report's.
  init(_ report: OuterIterationReport, problems: [String] = [], innerStepsPerSecond rate: Double, time: Date) {
    func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    outerIteration = report.outerIteration
    self.time = time
    outerLoss = finite(report.outerLoss)
    if problems.count > 1 {
      let known = zip(problems, report.problemLosses).compactMap { name, loss in finite(loss).map { (name, $0) } }
      outerLosses = Dictionary(uniqueKeysWithValues: known)
    }
    gradientNorm = finite(report.gradientNorm)
    reparameterizationVariance = finite(report.variance.reparameterization)
    evolutionStrategiesVariance = finite(report.variance.evolutionStrategies)
    reparameterizationWeight = finite(report.variance.reparameterizationWeight)
    length = finite(report.length)
    staleness = finite(report.staleness)
    dropped = report.dropped
    innerSteps = report.innerSteps
    innerStepsPerSecond = finite(rate)
    diverged = report.diverged
    learningRate = finite(report.learningRate)
  }

  /// All numbers that are drawn over outer-iterations, by their keys.
  private var numbers: [(key: CodingKeys, value: Double?)] {
    [
      (.outerLoss, outerLoss), (.gradientNorm, gradientNorm),
      (.reparameterizationVariance, reparameterizationVariance),
      (.evolutionStrategiesVariance, evolutionStrategiesVariance),
      (.reparameterizationWeight, reparameterizationWeight), (.length, length), (.staleness, staleness),
      (.dropped, Double(dropped)),
      (.innerSteps, Double(innerSteps)), (.innerStepsPerSecond, innerStepsPerSecond), (.diverged, Double(diverged)),
      (.learningRate, learningRate),
    ]
  }

  /// The numbers that are not nil, by their names in the file; a problem's have its name behind a slash.
  var scalars: [(tag: String, value: Double)] {
    numbers.compactMap { number in number.value.map { (number.key.rawValue, $0) } }
      + (outerLosses ?? [:]).sorted { $0.key < $1.key }.map { ("\(CodingKeys.outerLoss.rawValue)/\($0)", $1) }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(outerIteration, forKey: .outerIteration)
    try container.encode(time, forKey: .time)
    for (key, value) in numbers { try container.encode(value, forKey: key) }
    try container.encodeIfPresent(outerLosses, forKey: .outerLosses)
  }
}
