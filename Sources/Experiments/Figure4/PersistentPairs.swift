import Engine
import Randomness

/// Persistent evolution strategies (Vicol et al. 2021) for a log learning rate, by antithetic pairs of which each
/// member trains on from its own state (Documentation/method.md#persistent-evolution-strategies).
///
/// ∂L̄/∂λ of a truncation is the mean over the pairs of ξ (L⁺ − L⁻) / (2σ²), with ξ the sum of the pair's perturbations
/// since the task began. It is unbiased for the smoothed loss, however short the truncations.
final class PersistentPairs {
  private let pairs: [(plus: RateTraining, minus: RateTraining)]
  private var accumulated: [Double]
  private let sigma: Double

  init(_ instance: InnerInstance, task: Int, seed: UInt64, pairs: Int, sigma: Double, kernels: Kernels) throws {
    self.pairs = try (0..<pairs).map { _ in
      (
        try RateTraining(instance, task: task, seed: seed, kernels: kernels),
        try RateTraining(instance, task: task, seed: seed, kernels: kernels)
      )
    }
    accumulated = Array(repeating: 0, count: pairs)
    self.sigma = sigma
  }

  /// Does the next `length` steps of all pairs.
  /// - Returns: the mean loss of all members, and the estimate of its derivative by the log learning rate.
  func truncation(length: Int, logRate: Double, random: inout RandomStream) -> RateTraining.Truncation {
    var result = RateTraining.Truncation(loss: 0, gradient: 0)
    for (index, normal) in random.normals(pairs.count).enumerated() {
      let perturbation = sigma * Double(normal)
      accumulated[index] += perturbation
      let plus = pairs[index].plus.truncation(length: length, logRate: logRate + perturbation, derivative: false).loss
      let minus = pairs[index].minus.truncation(length: length, logRate: logRate - perturbation, derivative: false).loss
      result.loss += (plus + minus) / Double(2 * pairs.count)
      result.gradient += accumulated[index] * (plus - minus) / (2 * sigma * sigma * Double(pairs.count))
    }
    return result
  }
}
