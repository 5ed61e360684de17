import Randomness

extension Architecture {
  /// For each of the 2 + 4 betas features, in the method's order, whether it is an input.
  private var featureIsOn: [Bool] {
    let rms = features.contains(.rms)
    let momentum = features.contains(.momentum)
    func each(_ on: Bool) -> [Bool] { betas.map { _ in on } }
    return [true] + each(rms && momentum) + [true] + each(momentum) + each(rms) + each(rms)
  }

  /// Inputs that differ from parameter to parameter.
  var parameterInputs: Int { featureIsOn.count { $0 } }

  /// The scales of the time inputs that are on.
  var activeTimeScales: [Float] { features.contains(.time) ? timeScales : [] }

  /// Inputs of the network.
  package var inputs: Int { parameterInputs + activeTimeScales.count }

  /// The row of the first layer that takes each feature, −1 where it is off.
  var featureRows: [Int32] {
    var next: Int32 = 0
    return featureIsOn.map { on in
      defer { if on { next += 1 } }
      return on ? next : -1
    }
  }

  /// θ: each layer's weight [in, out], then its bias.
  package var layout: ParameterLayout {
    .dense([inputs] + Array(repeating: hiddenUnits, count: hiddenLayers) + [2])
  }

  /// Initial outer-parameters: weights normal with standard deviation 1/√in, biases 0.
  package func initialTheta(seed: UInt64) -> [Float] {
    var random = RandomStream(seed: seed, purpose: .outerInitialisation)
    return layout.tensors.flatMap { tensor in
      guard tensor.shape.count == 2 else { return [Float](repeating: 0, count: tensor.count) }
      let deviation = 1 / Float(tensor.shape[0]).squareRoot()
      return random.normals(tensor.count).map { $0 * deviation }
    }
  }

  /// 1 − β of the decimal numbers that the betas stand for: the float next to 0.9999 is 1.7e-8 below it, which is
  /// 2e-4 of 1 − β.
  private var rests: [Float] {
    betas.map { Float(1 - (Double("\($0)") ?? Double($0))) }
  }

  var network: Kernels.Network {
    Kernels.Network(
      betas: betas, rests: rests, rows: featureRows, inputs: parameterInputs, hiddenLayers: hiddenLayers,
      hiddenUnits: hiddenUnits,
      lambda1: lambda1, lambda2: lambda2, epsilon: Self.inverseRMSEpsilon)
  }

  /// The multiply-adds of the network for one inner parameter.
  package var multiplyAdds: Int { network.weightCount }
}
