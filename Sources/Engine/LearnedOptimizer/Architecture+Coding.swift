/// An architecture as configurations, states and fixtures hold it. A value that is absent is the paper's, and an option
/// that is off is left out: so what was written before there was the option is read, and written, as it was.
extension Architecture: Codable {
  private enum CodingKeys: CodingKey {
    case hiddenLayers, hiddenUnits, features, betas, timeScales, lambda1, lambda2
    case timeFrozenAt, scaleByRms, rawMomentum
  }

  /// Reads an architecture.
  package init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      if let found = try container.decodeIfPresent(Value.self, forKey: key) { value = found }
    }
    try read(.hiddenLayers, into: &hiddenLayers)
    try read(.hiddenUnits, into: &hiddenUnits)
    try read(.features, into: &features)
    try read(.betas, into: &betas)
    try read(.timeScales, into: &timeScales)
    try read(.lambda1, into: &lambda1)
    try read(.lambda2, into: &lambda2)
    timeFrozenAt = try container.decodeIfPresent(Int.self, forKey: .timeFrozenAt)
    try read(.scaleByRms, into: &scaleByRms)
    try read(.rawMomentum, into: &rawMomentum)
  }

  /// Writes the architecture.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(hiddenLayers, forKey: .hiddenLayers)
    try container.encode(hiddenUnits, forKey: .hiddenUnits)
    try container.encode(features, forKey: .features)
    try container.encode(betas, forKey: .betas)
    try container.encode(timeScales, forKey: .timeScales)
    try container.encode(lambda1, forKey: .lambda1)
    try container.encode(lambda2, forKey: .lambda2)
    try container.encodeIfPresent(timeFrozenAt, forKey: .timeFrozenAt)
    if scaleByRms { try container.encode(true, forKey: .scaleByRms) }
    if rawMomentum { try container.encode(true, forKey: .rawMomentum) }
  }

  /// Whether an option of the update is on. A program that does not know it would pass over it, and run another
  /// optimizer.
  package var hasOptions: Bool { timeFrozenAt != nil || scaleByRms || rawMomentum }
}
