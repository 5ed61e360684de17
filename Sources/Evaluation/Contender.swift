package import Engine
import Foundation
import Randomness
import Tasks

/// An optimizer with its hyperparameters, as an evaluation compares it.
package struct Contender: Codable, Hashable, Sendable {
  /// The kinds of optimizer that an evaluation compares.
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// The learned optimizer, and the baselines Adam, RMSProp and SGD with momentum.
    case learned, adam, rmsprop, momentum
    /// The kinds that are not learned, in the order of reports.
    package static let baselines: [Kind] = [.adam, .rmsprop, .momentum]

    /// The hyperparameters that are tuned; none for the learned optimizer.
    var hyperparameters: [Hyperparameter] {
      switch self {
      case .learned: []
      case .adam: [.learningRate, .beta1, .beta2, .epsilon]
      case .rmsprop: [.learningRate, .decay, .epsilon]
      case .momentum: [.learningRate, .momentum]
      }
    }

    /// The index by which a random search draws its numbers. A repeated search must draw the same: never renumber them.
    fileprivate var number: UInt64 {
      switch self {
      case .learned: 0
      case .adam: 1
      case .rmsprop: 2
      case .momentum: 3
      }
    }
  }

  /// The optimizer's kind.
  package var kind: Kind
  /// A value for each hyperparameter of the kind.
  private var values: [Hyperparameter: Float]

  /// Makes the learned optimizer, or a baseline whose other hyperparameters are the standard ones.
  /// - Parameter rate: the learning rate; nil for the learned optimizer.
  package init(kind: Kind, rate: Float? = nil) {
    self.kind = kind
    values = [:]
    for name in kind.hyperparameters { values[name] = name.standard ?? rate }
  }

  /// Makes the candidate number `trial` of a random search under `seed`: a pure function of its arguments.
  package init(kind: Kind, trial: Int, seed: UInt64) {
    self.kind = kind
    values = [:]
    var random = RandomStream(seed: seed, purpose: .hyperparameterSearch, kind.number, UInt64(trial))
    for name in kind.hyperparameters { values[name] = name.value(at: random.uniform()) }
  }

  /// The values of the hyperparameters; nil for the learned optimizer, which has none.
  package var hyperparameters: [Hyperparameter: Float]? { values.isEmpty ? nil : values }

  /// The learning rate; nil for the learned optimizer, which has none.
  package var rate: Float? { values[.learningRate] }

  /// The exponents k of the first grid of learning rates 10^(k/3): from 10⁻⁵ to 1.
  static let firstGrid = -15...0

  /// Makes a baseline with the learning rate 10^(k/3) of the grid and standard values otherwise.
  /// - Parameter gridExponent: the exponent k.
  package init(kind: Kind, gridExponent: Int) {
    self.init(kind: kind, rate: Float(pow(10, Double(gridExponent) / 3)))
  }

  /// Makes the optimizer for the parameters of a problem.
  func make(_ problem: any InnerProblem, snapshot: RunnableSnapshot, kernels: Kernels) -> any InnerOptimizer {
    kind == .learned ? snapshot.optimizer(for: problem, kernels: kernels) : makeBaseline(problem, kernels: kernels)
  }

  /// Makes the optimizer, which must be a baseline, for the parameters of a problem.
  package func makeBaseline(_ problem: any InnerProblem, kernels: Kernels) -> any InnerOptimizer {
    let count = problem.layout.count
    func value(_ name: Hyperparameter) -> Float { values[name] ?? 0 }
    return switch kind {
    case .learned: preconditionFailure("the learned optimizer is no baseline")
    case .adam:
      Adam(
        count: count, rate: value(.learningRate), beta1: value(.beta1), beta2: value(.beta2), epsilon: value(.epsilon),
        kernels: kernels)
    case .rmsprop:
      RMSProp(
        count: count, rate: value(.learningRate), decay: value(.decay), epsilon: value(.epsilon), kernels: kernels)
    case .momentum:
      MomentumSGD(count: count, rate: value(.learningRate), decay: value(.momentum), kernels: kernels)
    }
  }
}
