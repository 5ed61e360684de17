package import Engine
import Foundation
import Randomness
import Snapshots

/// An optimizer with its hyperparameters.
package struct Contender: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    case learned, adam, rmsprop, momentum
    package static let baselines: [Kind] = [.adam, .rmsprop, .momentum]

    /// What is tuned.
    var hyperparameters: [Hyperparameter] {
      switch self {
      case .learned: []
      case .adam: [.learningRate, .beta1, .beta2, .epsilon]
      case .rmsprop: [.learningRate, .decay, .epsilon]
      case .momentum: [.learningRate, .momentum]
      }
    }

    /// The index of a random search's numbers: never renumber them.
    fileprivate var number: UInt64 {
      switch self {
      case .learned: 0
      case .adam: 1
      case .rmsprop: 2
      case .momentum: 3
      }
    }
  }

  package var kind: Kind
  /// A value for each of the kind's.
  private var values: [Hyperparameter: Float]

  /// The learned optimizer, or a baseline whose other hyperparameters are the standard ones.
  package init(kind: Kind, rate: Float? = nil) {
    self.kind = kind
    values = [:]
    for name in kind.hyperparameters { values[name] = name.standard ?? rate }
  }

  /// The `trial`-th of a random search under `seed`: a pure function of its arguments.
  package init(kind: Kind, trial: Int, seed: UInt64) {
    self.kind = kind
    values = [:]
    var random = RandomStream(seed: seed, purpose: .hyperparameterSearch, kind.number, UInt64(trial))
    for name in kind.hyperparameters { values[name] = name.value(at: random.uniform()) }
  }

  /// Nil for the learned optimizer, which has none.
  package var hyperparameters: [Hyperparameter: Float]? { values.isEmpty ? nil : values }

  /// The learning rate; nil for the learned optimizer, which has none.
  package var rate: Float? { values[.learningRate] }

  /// The rates 10^(k/3) from 10⁻⁵ to 1, by k.
  static let firstGrid = -15...0

  /// The baseline at a rate of the grid.
  package init(kind: Kind, gridExponent: Int) {
    self.init(kind: kind, rate: Float(pow(10, Double(gridExponent) / 3)))
  }

  func make(_ problem: any InnerProblem, snapshot: Snapshot, architecture: Architecture) -> any InnerOptimizer {
    kind == .learned
      ? LearnedOptimizer(theta: snapshot.theta, architecture: architecture, problem: problem.layout)
      : makeBaseline(problem)
  }

  /// Of what is not learned.
  package func makeBaseline(_ problem: any InnerProblem) -> any InnerOptimizer {
    let count = problem.layout.count
    func value(_ name: Hyperparameter) -> Float { values[name] ?? 0 }
    return switch kind {
    case .learned: preconditionFailure("the learned optimizer is no baseline")
    case .adam:
      Adam(
        count: count, rate: value(.learningRate), beta1: value(.beta1), beta2: value(.beta2), epsilon: value(.epsilon))
    case .rmsprop:
      RMSProp(count: count, rate: value(.learningRate), decay: value(.decay), epsilon: value(.epsilon))
    case .momentum: MomentumSGD(count: count, rate: value(.learningRate), decay: value(.momentum))
    }
  }
}
