/// The way in which a worker perturbs θ from truncation to truncation of a task, and from which state each member of
/// its pair goes on.
package enum Perturbation: Sendable {
  /// Does not perturb: there is one unroll, at θ.
  case none
  /// Draws an ε for every truncation. Both members begin where the + member of the one before ended.
  case fresh
  /// Draws an ε for every truncation. Each member goes on from where it ended, and the sum of the perturbations since
  /// the task began counts.
  case accumulated
  /// Draws one ε for the life of the task. Each member goes on from where it ended.
  case reused

  /// Whether each member of a pair has an inner state of its own.
  var separatesMembers: Bool { self == .accumulated || self == .reused }
}

/// An estimator of the outer-gradient: it says how samples come about, and makes an estimate of them
/// (Documentation/method.md#estimators-of-the-outer-gradient).
package protocol GradientEstimator: Sendable {
  /// The way in which θ is perturbed for its samples.
  var perturbation: Perturbation { get }
  /// Whether its samples need back-propagation through the unroll.
  var needsReverse: Bool { get }
  /// The fewest pairs from which it can estimate.
  var fewestPairs: Int { get }
  /// Returns the estimate, one number for each coordinate of θ. The order of the samples matters to the last bit.
  func estimate(_ samples: [OuterGradientSample]) -> [Double]
}

extension OuterSettings.Estimator {
  /// Makes the estimator of this name.
  /// - Parameter varianceFloor: the number that the combined estimator adds to its variances.
  package func make(varianceFloor: Double) -> any GradientEstimator {
    switch self {
    case .exact: ExactEstimator(perturbation: .none)
    case .reparameterization: ExactEstimator(perturbation: .fresh)
    case .es: EvolutionStrategiesEstimator(perturbation: .fresh)
    case .pes: EvolutionStrategiesEstimator(perturbation: .accumulated)
    case .noiseReuse: EvolutionStrategiesEstimator(perturbation: .reused)
    case .combined: CombinedEstimator(varianceFloor: varianceFloor)
    }
  }
}
