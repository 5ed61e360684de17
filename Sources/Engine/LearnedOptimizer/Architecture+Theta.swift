import Randomness

extension Architecture {
  /// Whether each of the 2 + 4 β features, for β decays, is an input. They are in the method's order
  /// (Documentation/method.md#inputs).
  private var featureIsOn: [Bool] {
    let rms = features.contains(.rms)
    let momentum = features.contains(.momentum)
    func each(_ on: Bool) -> [Bool] { betas.map { _ in on } }
    return [true] + each(rms && momentum) + [true] + each(momentum) + each(rms) + each(rms)
  }

  /// The number of inputs that differ from parameter to parameter.
  var parameterInputs: Int { featureIsOn.count { $0 } }

  /// The scales of the time inputs that are on, in inner steps.
  var activeTimeScales: [Float] { features.contains(.time) ? timeScales : [] }

  /// The number of inputs of the network.
  package var inputs: Int { parameterInputs + activeTimeScales.count }

  /// The row of the first layer that takes each feature; −1 where it is off.
  var featureRows: [Int32] {
    var next: Int32 = 0
    return featureIsOn.map { on in
      defer { if on { next += 1 } }
      return on ? next : -1
    }
  }

  /// The rows of the first layer whose inputs are not divided by their root mean square over the tensor.
  var rawRows: Range<Int> {
    let first = Int(featureRows[1])
    return rawMomentum && first >= 0 ? first..<first + betas.count : 0..<0
  }

  /// The row of the first layer that takes the parameter's value.
  var valueRow: Int { Int(featureRows[1 + betas.count]) }

  /// The layout of θ: each layer's weight [in, out], then its bias (Documentation/method.md#the-flat-order-of-θ).
  package var layout: ParameterLayout {
    .dense([inputs] + Array(repeating: hiddenUnits, count: hiddenLayers) + [2])
  }

  /// Returns an initial θ: weights normal with standard deviation 1/√in, biases 0 (Documentation/method.md#initial-θ).
  /// - Parameter cut: the number of these standard deviations at which the distribution is cut; nil for no cut.
  package func initialTheta(seed: UInt64, cut: Double? = nil) -> [Float] {
    var random = RandomStream(seed: seed, purpose: .outerInitialisation)
    return layout.tensors.flatMap { tensor in
      guard tensor.shape.count == 2 else { return [Float](repeating: 0, count: tensor.count) }
      let deviation = 1 / Float(tensor.shape[0]).squareRoot()
      return random.normals(tensor.count, within: cut ?? .infinity).map { $0 * deviation }
    }
  }

  /// The network as the kernels take it.
  var network: Kernels.Network {
    Kernels.Network(
      betas: betas, rests: betas.map(Kernels.rest), rows: featureRows, inputs: parameterInputs,
      hiddenLayers: hiddenLayers, hiddenUnits: hiddenUnits, lambda1: lambda1, lambda2: lambda2,
      epsilon: Self.inverseRMSEpsilon, timeScales: activeTimeScales, timeFrozenAt: timeFrozenAt, valueRow: valueRow,
      rawRows: rawRows, scaleByRms: scaleByRms)
  }

  /// The number of multiply-adds of the network for one inner parameter.
  package var multiplyAdds: Int { network.weightCount }
}
