import Engine
import Randomness

/// The way to get an outer-gradient by the log learning rate from a whole training run.
enum RateEstimator: Hashable, Sendable, CustomStringConvertible {
  /// Takes the exact derivative of each truncation's loss, with the state before it held fixed.
  case truncated(length: Int)
  /// Takes persistent evolution strategies over truncations.
  case persistent(length: Int)

  /// The number of inner steps of a truncation.
  var length: Int {
    switch self {
    case .truncated(let length), .persistent(let length): length
    }
  }

  /// Whether it is the derivative of truncations.
  var isTruncated: Bool { self == .truncated(length: length) }

  /// The name in the figure's data and in the journal's keys.
  var name: String {
    switch self {
    case .truncated: "truncated"
    case .persistent: "pes"
    }
  }

  var description: String {
    switch self {
    case .truncated(let length): length.steps
    case .persistent(let length): "PES, \(length.steps)"
    }
  }
}

/// The training runs of one instance.
struct RateRuns: Sendable {
  var instance: InnerInstance
  var settings: Figure4.Settings
  var kernels: Kernels

  /// Returns the truncations of one training run at a fixed learning rate, with their outer-gradients.
  ///
  /// - Parameter indices: what tells the perturbations from those of other runs.
  func truncations(
    _ estimator: RateEstimator, task: Int, logRate: Double, indices: UInt64...
  ) throws -> [RateTraining.Truncation] {
    let (length, seed) = (estimator.length, settings.seed)
    let count = settings.steps / length
    switch estimator {
    case .truncated:
      let training = try RateTraining(instance, task: task, seed: seed, kernels: kernels)
      return (0..<count).map { _ in training.truncation(length: length, logRate: logRate, derivative: true) }
    case .persistent:
      var random = RandomStream(seed: seed, purpose: .perturbation, indices: indices)
      let pairs = try PersistentPairs(
        instance, task: task, seed: seed, pairs: settings.pairs, sigma: settings.sigma, kernels: kernels)
      return (0..<count).map { _ in pairs.truncation(length: length, logRate: logRate, random: &random) }
    }
  }

  /// Returns the mean loss of one training run.
  func loss(task: Int, logRate: Double) throws -> Double {
    try RateTraining(instance, task: task, seed: settings.seed, kernels: kernels)
      .truncation(length: settings.steps, logRate: logRate, derivative: false).loss
  }
}
