extension Architecture {
  /// The values of an architecture, by their names in files and configurations.
  package enum Value: String, CaseIterable, Sendable {
    case hiddenLayers = "hidden_layers"
    case hiddenUnits = "hidden_units"
    case features
    case betas
    case timeScales = "time_scales"
    case lambda1
    case lambda2

    /// The condition on the value, as the end of a sentence: "must be …".
    package var rule: String {
      switch self {
      case .hiddenLayers: "in 1 … 8"
      case .hiddenUnits: "in 2 … 1024"
      case .features: "a list of some of \(FeatureGroup.allCases.map(\.rawValue).joined(separator: ", "))"
      case .betas: "1 to 16 numbers from 0 to below 1"
      case .timeScales: "at most 64 numbers above 0"
      case .lambda1, .lambda2: "above 0"
      }
    }

    fileprivate func isMet(by architecture: Architecture) -> Bool {
      switch self {
      case .hiddenLayers: (1...8).contains(architecture.hiddenLayers)
      case .hiddenUnits: (2...1_024).contains(architecture.hiddenUnits)
      case .features: Set(architecture.features).count == architecture.features.count
      case .betas: (1...16).contains(architecture.betas.count) && architecture.betas.allSatisfy { (0..<1).contains($0) }
      case .timeScales: architecture.timeScales.count <= 64 && architecture.timeScales.allSatisfy { $0 > 0 }
      case .lambda1: architecture.lambda1 > 0 && architecture.lambda1.isFinite
      case .lambda2: architecture.lambda2 > 0 && architecture.lambda2.isFinite
      }
    }
  }

  /// The first value with which no learned optimizer can be made; nil where there is none.
  package var fault: Value? { Value.allCases.first { !$0.isMet(by: self) } }

  /// Returns why a vector cannot be the θ of this architecture, as the end of a sentence; nil where it can.
  package func fault(of theta: [Float]) -> String? {
    theta.count == layout.count ? nil : "has \(theta.count) weights; its architecture has \(layout.count)"
  }
}
