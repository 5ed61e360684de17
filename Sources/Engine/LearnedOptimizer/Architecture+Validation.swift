extension Architecture {
  /// The hidden layers that a network may have.
  package static let hiddenLayersRange = 1...8
  /// The units that a hidden layer may have.
  package static let hiddenUnitsRange = 2...1_024
  /// How many betas there may be.
  package static let betasRange = 1...16
  /// The most time scales that there may be.
  package static let mostTimeScales = 64
  /// The inner steps at which the time inputs may stop.
  package static let timeFrozenAtRange = 1...1_000_000_000

  /// The values of an architecture, by their names in files and configurations.
  package enum Value: String, CaseIterable, Sendable {
    case hiddenLayers = "hidden_layers"
    case hiddenUnits = "hidden_units"
    case features
    case betas
    case timeScales = "time_scales"
    case lambda1
    case lambda2
    case timeFrozenAt = "time_frozen_at"
    case scaleByRms = "scale_by_rms"
    case rawMomentum = "raw_momentum"

    /// The condition on the value, as the end of a sentence: "must be …".
    package var rule: String {
      switch self {
      case .hiddenLayers: "in \(hiddenLayersRange.lowerBound) … \(hiddenLayersRange.upperBound)"
      case .hiddenUnits: "in \(hiddenUnitsRange.lowerBound) … \(hiddenUnitsRange.upperBound)"
      case .features: "a list of some of \(FeatureGroup.allCases.map(\.rawValue).joined(separator: ", "))"
      case .betas: "\(betasRange.lowerBound) to \(betasRange.upperBound) numbers from 0 to below 1"
      case .timeScales: "at most \(mostTimeScales) numbers above 0"
      case .lambda1, .lambda2: "above 0"
      case .timeFrozenAt: "in \(timeFrozenAtRange.lowerBound) … \(timeFrozenAtRange.upperBound)"
      case .scaleByRms: "true or false"
      case .rawMomentum: "true or false, and true only with the features momentum and rms"
      }
    }

    fileprivate func isMet(by architecture: Architecture) -> Bool {
      switch self {
      case .hiddenLayers: hiddenLayersRange.contains(architecture.hiddenLayers)
      case .hiddenUnits: hiddenUnitsRange.contains(architecture.hiddenUnits)
      case .features: Set(architecture.features).count == architecture.features.count
      case .betas:
        betasRange.contains(architecture.betas.count) && architecture.betas.allSatisfy { (0..<1).contains($0) }
      case .timeScales:
        architecture.timeScales.count <= mostTimeScales && architecture.timeScales.allSatisfy { $0 > 0 }
      case .lambda1: architecture.lambda1 > 0 && architecture.lambda1.isFinite
      case .lambda2: architecture.lambda2 > 0 && architecture.lambda2.isFinite
      case .timeFrozenAt: architecture.timeFrozenAt.map(timeFrozenAtRange.contains) ?? true
      case .scaleByRms: true
      case .rawMomentum: !architecture.rawMomentum || !architecture.rawRows.isEmpty
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
