import CKernels

/// The kernels of the learned optimizer.
extension Kernels {
  func moments(
    beta: Float, rest: Float, gradient: FloatSlice, momentum: FloatSlice, secondMoment: FloatSlice,
    nextMomentum: FloatSlice, nextSecondMoment: FloatSlice
  ) {
    let count = gradient.count
    precondition(momentum.count == count && secondMoment.count == count)
    precondition(nextMomentum.count == count && nextSecondMoment.count == count)
    table.pointee.moments(
      count, beta, rest, gradient.pointer, momentum.pointer, secondMoment.pointer, nextMomentum.pointer,
      nextSecondMoment.pointer)
  }

  /// The number of parameters that the learned optimizer's network handles at once.
  static let block = Int(LOPT_BLOCK)

  /// The learned optimizer's network as the kernels take it, its normalization and time inputs folded into `weights`.
  struct Network {
    var betas: [Float]
    /// The numbers 1 − β.
    var rests: [Float]
    var rows: [Int32]
    var inputs: Int
    var hiddenLayers: Int
    var hiddenUnits: Int
    var lambda1: Float
    var lambda2: Float
    var epsilon: Float
    /// The scales of the time inputs, in inner steps.
    var timeScales: [Float]
    /// The inner step from which on the time inputs stay as they are; nil for never.
    var timeFrozenAt: Int?
    /// The row of the first layer that takes the parameter's value.
    var valueRow: Int
    /// The rows of the first layer whose inputs are not divided by their root mean square over the tensor.
    var rawRows: Range<Int>
    /// Whether a tensor's update is multiplied by the root mean square of its parameters.
    var scaleByRms: Bool

    /// The number of floats of `weights`.
    var weightCount: Int {
      (inputs + 1) * hiddenUnits + (hiddenLayers - 1) * (hiddenUnits + 1) * hiddenUnits + (hiddenUnits + 1) * 2
    }
    /// The number of floats of `scratch` of every call below.
    var scratchCount: Int {
      let forward = inputs + 1 + hiddenLayers * (hiddenUnits + 1) + 2
      return (forward + 2 * max(hiddenUnits, 2) + hiddenUnits) * block + Int(LOPT_SLACK)
    }
  }

  /// One tensor of inner parameters with its state. `momenta` begin at the tensor in the first of their rows.
  struct Tensor {
    var parameters: FloatSlice
    var gradient: FloatSlice
    var momenta: FloatSlice
    var secondMoments: FloatSlice
    var stride: Int
  }

  private func with<Result>(
    _ network: Network, _ weights: FloatSlice?, _ tensor: Tensor, scale: Float = 1,
    _ body: (UnsafePointer<lopt_network>, UnsafePointer<lopt_tensor>) -> Result
  ) -> Result {
    precondition(tensor.gradient.count == tensor.parameters.count)
    precondition(weights.map { $0.count == network.weightCount } ?? true)
    var tensorC = lopt_tensor(
      count: tensor.parameters.count, stride: tensor.stride, parameters: tensor.parameters.pointer,
      gradient: tensor.gradient.pointer, momenta: tensor.momenta.pointer,
      second_moments: tensor.secondMoments.pointer)
    return withNetwork(network, weights, scale: scale) { body($0, &tensorC) }
  }

  private func withNetwork<Result>(
    _ network: Network, _ weights: FloatSlice?, scale: Float = 1, _ body: (UnsafePointer<lopt_network>) -> Result
  ) -> Result {
    network.rows.withUnsafeBufferPointer { rows in
      var networkC = lopt_network(
        betas: network.betas.count, rows: rows.baseAddress, inputs: network.inputs,
        hidden_layers: network.hiddenLayers, hidden_units: network.hiddenUnits, weights: weights?.pointer,
        lambda1: scale * network.lambda1, lambda2: network.lambda2, epsilon: network.epsilon)
      return body(&networkC)
    }
  }

  func featureSquares(_ network: Network, _ tensor: Tensor, into sums: inout [Double]) {
    precondition(sums.count == network.inputs)
    sums.withUnsafeMutableBufferPointer { sums in
      with(network, nil, tensor) { table.pointee.feature_squares($0, $1, sums.baseAddress) }
    }
  }

  /// Returns 1 − β for the decimal number that β stands for.
  static func rest(_ beta: Float) -> Float { lopt_rest(beta) }

  /// Folds normalization and time inputs of one tensor at one step into the network's weights.
  ///
  /// - Parameters:
  ///   - count: the number of parameters of the tensor.
  ///   - squares: those of `featureSquares`.
  ///   - weights: gets the folded weights.
  ///   - scales: gets the factor that normalizes each input; 1 where it is not normalized.
  ///   - times: gets the time inputs.
  /// - Returns: the factor ρ of the tensor's update; 1 where it is not scaled.
  func fold(
    _ network: Network, theta: FloatBuffer, step: Int, count: Int, squares: [Double], into weights: FloatBuffer,
    scales: inout [Double], times: inout [Double]
  ) -> Double {
    precondition(squares.count == network.inputs && scales.count == network.inputs)
    precondition(weights.count == network.weightCount && times.count == network.timeScales.count)
    precondition(theta.count == weights.count + network.timeScales.count * network.hiddenUnits)
    return network.timeScales.withUnsafeBufferPointer { timeScales in
      var folding = lopt_folding(
        time_count: timeScales.count, time_scales: timeScales.baseAddress, time_frozen_at: network.timeFrozenAt ?? -1,
        value_row: network.valueRow, raw_row: network.rawRows.lowerBound, raw_count: network.rawRows.count,
        scale_by_rms: network.scaleByRms ? 1 : 0)
      return withNetwork(network, nil) {
        lopt_fold($0, &folding, theta.pointer, step, count, squares, weights.pointer, &scales, &times)
      }
    }
  }

  /// Computes the parameters after an update whose step is multiplied by `scale`.
  func networkUpdate(
    _ network: Network, weights: FloatSlice, _ tensor: Tensor, scale: Float = 1, next: FloatSlice, scratch: FloatBuffer
  ) {
    precondition(next.count == tensor.parameters.count && scratch.count >= network.scratchCount)
    with(network, weights, tensor, scale: scale) {
      table.pointee.network_update($0, $1, next.pointer, scratch.pointer)
    }
  }

  /// Takes the adjoint of the parameters after an update whose step is multiplied by `scale` back through the network.
  func networkReverse(
    _ network: Network, weights: FloatSlice, _ tensor: Tensor, scale: Float = 1, nextAdjoint: FloatSlice,
    weightsAdjoint: FloatBuffer, featureAdjoints: FloatBuffer, featureStride: Int, scratch: FloatBuffer
  ) {
    precondition(weightsAdjoint.count >= network.weightCount && scratch.count >= network.scratchCount)
    precondition(featureAdjoints.count >= network.inputs * featureStride && featureStride % Self.block == 0)
    precondition(featureStride >= tensor.parameters.count && nextAdjoint.count == tensor.parameters.count)
    with(network, weights, tensor, scale: scale) {
      table.pointee.network_reverse(
        $0, $1, nextAdjoint.pointer, weightsAdjoint.pointer, featureAdjoints.pointer, featureStride, scratch.pointer)
    }
  }

  /// Takes adjoints back through the features, their normalization and the moments.
  ///
  /// `momentaAdjoint` and `secondMomentsAdjoint` begin at the tensor in the first of their rows.
  func featureReverse(
    _ network: Network, _ tensor: Tensor, featureAdjoints: FloatBuffer, featureStride: Int, coefficients: [Float],
    parametersAdjoint: FloatSlice, momentaAdjoint: FloatSlice, secondMomentsAdjoint: FloatSlice,
    gradientAdjoint: FloatSlice
  ) {
    let count = tensor.parameters.count
    precondition(coefficients.count == network.inputs && gradientAdjoint.count == count)
    precondition(featureAdjoints.count >= network.inputs * featureStride && featureStride >= count)
    let rows = (network.betas.count - 1) * tensor.stride + count
    precondition(parametersAdjoint.count == count && momentaAdjoint.count >= rows && secondMomentsAdjoint.count >= rows)
    with(network, nil, tensor) {
      table.pointee.feature_reverse(
        $0, $1, network.betas, network.rests, featureAdjoints.pointer, featureStride, coefficients,
        parametersAdjoint.pointer, momentaAdjoint.pointer, secondMomentsAdjoint.pointer, gradientAdjoint.pointer)
    }
  }
}
