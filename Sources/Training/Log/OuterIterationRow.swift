import Engine
import Foundation

/// A row about an outer-iteration. A number that does not apply, or is not finite, is nil, and null in the file.
struct OuterIterationRow: Codable, Sendable, Equatable {
  /// The number of outer-iterations done, this one included.
  var outerIteration: Int
  var time: Date
  /// The mean of L(θ + ε) and L(θ − ε) over all samples.
  var outerLoss: Double?
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
    case gradientNorm = "gradient_norm"
    case reparameterizationVariance = "reparameterization_variance"
    case evolutionStrategiesVariance = "evolution_strategies_variance"
    case reparameterizationWeight = "reparameterization_weight"
    case innerSteps = "inner_steps"
    case innerStepsPerSecond = "inner_steps_per_second"
    case learningRate = "learning_rate"
  }

  init(_ report: OuterIterationReport, innerStepsPerSecond rate: Double, time: Date) {
    func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    outerIteration = report.outerIteration
    self.time = time
    outerLoss = finite(report.outerLoss)
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

  /// The numbers that are not nil, by their names in the file.
  var scalars: [(tag: String, value: Double)] {
    numbers.compactMap { number in number.value.map { (number.key.rawValue, $0) } }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(outerIteration, forKey: .outerIteration)
    try container.encode(time, forKey: .time)
    for (key, value) in numbers { try container.encode(value, forKey: key) }
  }
}
