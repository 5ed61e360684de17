package import Engine
import Foundation
import Randomness
import Tasks

/// An optimizer with its hyperparameters, as an evaluation compares it.
package struct Contender: Codable, Hashable, Sendable {
  /// The kinds of optimizer that an evaluation compares.
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// The learned optimizer.
    case learned
    /// The learned optimizer at the best of its step scales. Its runs are those of ``learned``: only what is reported of
    /// them has this name.
    case learnedTuned = "learned-tuned"
    /// The baselines: Adam, AdamW, NAdamW, RMSProp, SGD with momentum and with Nesterov's.
    case adam, adamw, nadamw, rmsprop, momentum, nesterov
    /// All kinds that are not learned.
    package static let baselines: [Kind] = [.adam, .adamw, .nadamw, .rmsprop, .momentum, .nesterov]
    /// The baselines that are compared unless others are asked for, in the order of reports.
    package static let defaultBaselines: [Kind] = [.adam, .rmsprop, .momentum]

    /// Whether it is the learned optimizer, at whatever step scale.
    package var isLearned: Bool { self == .learned || self == .learnedTuned }

    /// The hyperparameters that a baseline is tuned by; none for the learned optimizer, of which the step scale is
    /// tuned.
    var hyperparameters: [Hyperparameter] {
      switch self {
      case .learned, .learnedTuned: []
      case .adam: [.learningRate, .beta1, .beta2, .epsilon]
      case .adamw, .nadamw: [.learningRate, .beta1, .beta2, .epsilon, .weightDecay]
      case .rmsprop: [.learningRate, .decay, .epsilon]
      case .momentum, .nesterov: [.learningRate, .momentum]
      }
    }

    /// The exponents at which a grid no longer grows.
    var widestGrid: ClosedRange<Int> { isLearned ? -20...10 : -30...9 }

    /// The index by which a random search draws its numbers. A repeated search must draw the same: never renumber them.
    fileprivate var number: UInt64 {
      switch self {
      case .learned, .learnedTuned: 0
      case .adam: 1
      case .rmsprop: 2
      case .momentum: 3
      case .adamw: 4
      case .nadamw: 5
      case .nesterov: 6
      }
    }
  }

  /// The optimizer's kind.
  package var kind: Kind
  /// A value for each hyperparameter of the kind.
  private var values: [Hyperparameter: Float]
  /// The step scale; nil for 1.
  private var scale: Float?
  /// The schedule; nil for the constant one.
  private var course: StepSchedule?

  /// Makes the learned optimizer, or a baseline whose other hyperparameters are the standard ones.
  /// - Parameters:
  ///   - rate: the learning rate; nil for the learned optimizer.
  ///   - stepScale: multiplies the learned updates; 1 for a baseline.
  package init(kind: Kind, rate: Float? = nil, stepScale: Float = 1, schedule: StepSchedule = .constant) {
    self.kind = kind
    values = [:]
    scale = stepScale == 1 ? nil : stepScale
    course = schedule == .constant ? nil : schedule
    for name in kind.hyperparameters { values[name] = name.standard ?? rate }
  }

  /// Makes the candidate number `trial` of a random search under `seed`: a pure function of its arguments.
  package init(kind: Kind, trial: Int, seed: UInt64, schedule: StepSchedule = .constant) {
    self.init(kind: kind, schedule: schedule)
    var random = RandomStream(seed: seed, purpose: .hyperparameterSearch, kind.number, UInt64(trial))
    for name in kind.hyperparameters { values[name] = name.value(at: random.uniform()) }
  }

  /// The values of the hyperparameters; nil for the learned optimizer, which has none.
  package var hyperparameters: [Hyperparameter: Float]? { values.isEmpty ? nil : values }

  /// The learning rate; nil for the learned optimizer, which has none.
  package var rate: Float? { values[.learningRate] }

  /// The number that multiplies the learned updates; nil for a baseline.
  package var stepScale: Float? { kind.isLearned ? scale ?? 1 : nil }

  /// The course of the learning rate, or of the size of the learned updates, over a run.
  package var schedule: StepSchedule { course ?? .constant }

  /// The exponents k of the first grid of learning rates 10^(k/3): from 10⁻⁵ to 1.
  static let firstGrid = -15...0

  /// Makes a candidate of a grid: a baseline with the learning rate 10^(k/3) and standard values otherwise, or the
  /// learned optimizer with the step scale 2^k.
  /// - Parameter gridExponent: the exponent k.
  package init(kind: Kind, gridExponent: Int, schedule: StepSchedule = .constant) {
    if kind.isLearned {
      self.init(kind: kind, stepScale: Float(pow(2, Double(gridExponent))), schedule: schedule)
    } else {
      self.init(kind: kind, rate: Float(pow(10, Double(gridExponent) / 3)), schedule: schedule)
    }
  }

  /// Makes the optimizer for the parameters of a problem.
  /// - Parameter steps: the number of inner steps of a run, over which the schedule goes.
  func make(
    _ problem: any InnerProblem, snapshot: RunnableSnapshot, steps: Int, kernels: Kernels
  ) -> any InnerOptimizer {
    let optimizer: any InnerOptimizer =
      kind.isLearned ? snapshot.optimizer(for: problem, kernels: kernels) : makeBaseline(problem, kernels: kernels)
    guard scale != nil || course != nil else { return optimizer }
    return PacedOptimizer(optimizer, scale: scale ?? 1, schedule: schedule, steps: steps)
  }

  /// Makes the optimizer, which must be a baseline, for the parameters of a problem, without its schedule.
  package func makeBaseline(_ problem: any InnerProblem, kernels: Kernels) -> any InnerOptimizer {
    let count = problem.layout.count
    func value(_ name: Hyperparameter) -> Float { values[name] ?? 0 }
    return switch kind {
    case .learned, .learnedTuned: preconditionFailure("the learned optimizer is no baseline")
    case .adam, .adamw, .nadamw:
      Adam(
        count: count, rate: value(.learningRate), beta1: value(.beta1), beta2: value(.beta2), epsilon: value(.epsilon),
        decay: value(.weightDecay), isNesterov: kind == .nadamw, kernels: kernels)
    case .rmsprop:
      RMSProp(
        count: count, rate: value(.learningRate), decay: value(.decay), epsilon: value(.epsilon), kernels: kernels)
    case .momentum, .nesterov:
      MomentumSGD(
        count: count, rate: value(.learningRate), decay: value(.momentum), isNesterov: kind == .nesterov,
        kernels: kernels)
    }
  }
}
