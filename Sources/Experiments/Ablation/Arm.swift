import Engine

/// A way of outer-training that figures 7 and 15 compare with others: the combined estimator with the curriculum and all
/// inputs, or this but for one thing.
package enum Arm: String, Codable, CaseIterable, Sendable {
  /// The combined estimator, the curriculum and all inputs.
  case combined
  /// Back-propagation alone.
  case analytic
  /// Evolution strategies alone.
  case es
  /// Persistent evolution strategies alone.
  case pes
  /// Evolution strategies with one perturbation for the life of a task.
  case noiseReuse = "noise-reuse"
  /// Truncations of a fixed, short length.
  case short
  /// Truncations of a fixed, middle length.
  case middle
  /// Truncations of a fixed, long length.
  case long
  /// No inputs of second moments.
  case noRMS = "no-rms"
  /// No inputs of momenta.
  case noMomentum = "no-momentum"
  /// Neither of both: of what changes along training, the gradient alone.
  case onlyGradients = "only-gradients"
  /// No inputs of time.
  case noTime = "no-time"

  /// The arms that one panel of figure 15 compares.
  enum Group: CaseIterable {
    case estimators, truncations, inputs

    /// The title of the panel.
    var title: String {
      switch self {
      case .estimators: "estimators"
      case .truncations: "truncations"
      case .inputs: "inputs"
      }
    }

    /// The arms, ``Arm/combined`` first.
    var arms: [Arm] {
      switch self {
      case .estimators: [.combined, .analytic, .es, .pes, .noiseReuse]
      case .truncations: [.combined, .short, .middle, .long]
      case .inputs: [.combined, .noRMS, .noMomentum, .onlyGradients, .noTime]
      }
    }
  }

  /// Returns the name in legends.
  /// - Parameter lengths: the fixed lengths, ascending.
  func name(_ lengths: [Int]) -> String {
    switch self {
    case .combined: "combined"
    case .analytic: "analytic only"
    case .es: "ES only"
    case .pes: "PES"
    case .noiseReuse: "noise reuse"
    case .short: "fixed \(lengths[0])"
    case .middle: "fixed \(lengths[1])"
    case .long: "fixed \(lengths[2])"
    case .noRMS: "no RMS"
    case .noMomentum: "no momentum"
    case .onlyGradients: "only gradients"
    case .noTime: "no time"
    }
  }

  /// Returns the settings of the arm's outer-training.
  /// - Parameters:
  ///   - combined: those of ``combined``.
  ///   - lengths: the fixed lengths, ascending.
  func outer(_ combined: OuterSettings, lengths: [Int]) -> OuterSettings {
    var outer = combined
    switch self {
    case .analytic: outer.estimator = .reparameterization
    case .es: outer.estimator = .es
    case .pes: outer.estimator = .pes
    case .noiseReuse: outer.estimator = .noiseReuse
    case .short: (outer.curriculum.from, outer.curriculum.to) = (lengths[0], lengths[0])
    case .middle: (outer.curriculum.from, outer.curriculum.to) = (lengths[1], lengths[1])
    case .long: (outer.curriculum.from, outer.curriculum.to) = (lengths[2], lengths[2])
    case .combined, .noRMS, .noMomentum, .onlyGradients, .noTime: break
    }
    return outer
  }

  /// The groups of inputs that are on.
  var features: [Architecture.FeatureGroup] {
    switch self {
    case .noRMS: [.momentum, .time]
    case .noMomentum: [.rms, .time]
    case .onlyGradients: [.time]
    case .noTime: [.momentum, .rms]
    default: Architecture.FeatureGroup.allCases
    }
  }

  /// The median of the paper's figure 7; nil for arms that it does not have.
  var paperMedian: Double? {
    switch self {
    case .combined: 1.23
    case .analytic: 2.13
    case .es: 1.43
    case .short: 1.45
    case .middle: 1.31
    case .long: 1.35
    case .noRMS: 1.21
    case .noMomentum, .onlyGradients: 2.30
    case .noTime: 1.26
    case .pes, .noiseReuse: nil
    }
  }
}
