/// How a worker perturbs θ, truncation after truncation of one task, and what each member of its pair goes on from.
package enum Perturbation: Sendable {
  /// Not at all: one unroll, at θ.
  case none
  /// Every truncation has an ε of its own; both members begin where the + member of the one before ended.
  case fresh
  /// Every truncation has an ε of its own, each member goes on from where it ended, and what counts is the sum of the
  /// perturbations since the task began.
  case accumulated
  /// One ε for the life of the task; each member goes on from where it ended.
  case reused

  /// Whether each member of a pair has an inner state of its own.
  var separatesMembers: Bool { self == .accumulated || self == .reused }
}

/// An estimate of the outer-gradient (method, sections 2 and 6): how samples come about, and what is made of them.
package protocol GradientEstimator: Sendable {
  var perturbation: Perturbation { get }
  /// Whether its samples need back-propagation through the unroll.
  var needsReverse: Bool { get }
  /// The fewest pairs from which it can estimate.
  var fewestPairs: Int { get }
  /// The estimate, one number for each coordinate of θ. The order of the samples matters to the last bit.
  func estimate(_ samples: [OuterGradientSample]) -> [Double]
}

extension OuterSettings.Estimator {
  /// - Parameter varianceFloor: what the combined estimator adds to its variances.
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
