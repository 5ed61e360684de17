import Engine
import Foundation

/// A row for an outer-iteration. A number that does not apply, or is not finite, is nil, and null in the file.
struct OuterIterationRow: Codable, Sendable, Equatable {
  /// Outer-iterations done, this one included.
  var outerIteration: Int
  var time: Date
  var outerLoss: Double?
  /// Of the outer-gradient before it was clipped.
  var gradientNorm: Double?
  /// Of one sample, summed over the coordinates of θ.
  var reparameterizationVariance: Double?
  var evolutionStrategiesVariance: Double?
  /// By inverse variances, the mean over the coordinates.
  var reparameterizationWeight: Double?
  /// K of the curriculum.
  var length: Double?
  var staleness: Double?
  /// Outer-gradients that were too old.
  var dropped: Int
  var innerSteps: Int
  var innerStepsPerSecond: Double?
  /// Pairs of which a member diverged.
  var diverged: Int
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

  /// All that is drawn over outer-iterations, by its key.
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

  /// The numbers that there are, by the names that the file has for them.
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
