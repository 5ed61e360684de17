import CKernels

/// The kernels of one instruction set. Only this file and its extensions call C; `kernels.h` describes each kernel.
///
/// The programs choose one of ``available`` and hand it down: everything that computes is given its kernels.
package struct Kernels: @unchecked Sendable {
  /// The kernels that this processor can run, from the least to the most. The first is `baseline`, which every processor
  /// has.
  ///
  /// Where the package is built with its trait OpenBLAS, they follow once more, with that library's matrix product.
  package static var available: [Kernels] {
    let names = ["baseline", "x86-64-v3", "x86-64-v4"]
    return (names + names.map { $0 + "+openblas" }).compactMap { Kernels($0) }
  }

  /// The number of parameters that the learned optimizer's network handles at once.
  static let block = Int(LOPT_BLOCK)

  let table: UnsafePointer<lopt_kernels>

  /// Finds the kernels of an instruction set by its name; nil where that is unknown, or this processor lacks it.
  package init?(_ name: String) {
    guard let table = lopt_kernels_named(name) else { return nil }
    self.table = table
  }

  /// The name of the instruction set, with `+openblas` behind it where OpenBLAS multiplies matrices.
  package var name: String { String(cString: table.pointee.name) }

  /// The name, and the library that multiplies matrices where that is not this engine: what the bits of a result depend
  /// on, for people and for records. For example `x86-64-v4`, or `x86-64-v4+openblas (OpenBLAS 0.3.21 SkylakeX)`.
  package var title: String { table.pointee.library.map { "\(name) (\(String(cString: $0()!)))" } ?? name }

  /// A matrix in a buffer. A transposed one is the same floats with the strides exchanged.
  struct Matrix {
    var floats: FloatSlice
    var rows: Int
    var columns: Int
    var rowStride: Int
    var columnStride = 1

    init(_ floats: FloatSlice, _ rows: Int, _ columns: Int) {
      precondition(floats.count >= rows * columns)
      self.floats = floats
      self.rows = rows
      self.columns = columns
      rowStride = columns
    }

    var transposed: Matrix {
      var matrix = self
      swap(&matrix.rows, &matrix.columns)
      swap(&matrix.rowStride, &matrix.columnStride)
      return matrix
    }
  }

  /// Computes target = a b, or adds it to the target. Only `a` may be transposed.
  func product(_ a: Matrix, _ b: Matrix, into target: FloatSlice, accumulate: Bool = false) {
    precondition(a.columns == b.rows && b.columnStride == 1 && target.count == a.rows * b.columns)
    table.pointee.product(
      a.rows, b.columns, a.columns, a.floats.pointer, a.rowStride, a.columnStride, b.floats.pointer, b.rowStride,
      target.pointer, b.columns, accumulate ? 1 : 0)
  }

  func transpose(_ source: Matrix, into target: FloatSlice) {
    precondition(target.count >= source.rows * source.columns)
    table.pointee.transpose(source.rows, source.columns, source.floats.pointer, target.pointer)
  }

  func columnSums(_ a: Matrix, into sums: FloatSlice) {
    precondition(sums.count == a.columns)
    table.pointee.column_sums(a.rows, a.columns, a.floats.pointer, sums.pointer)
  }

  func addBias(_ bias: FloatSlice, relu: Bool, to y: FloatSlice) {
    precondition(y.count % bias.count == 0)
    table.pointee.add_bias(y.count / bias.count, bias.count, bias.pointer, relu ? 1 : 0, y.pointer)
  }

  func reluMask(_ activations: FloatSlice, _ values: FloatSlice) {
    precondition(activations.count == values.count)
    table.pointee.relu_mask(values.count, activations.pointer, values.pointer)
  }

  /// Asks for values that will be read soon to be in the second-level cache.
  func prefetch(_ values: FloatSlice) {
    table.pointee.prefetch(values.count, values.pointer)
  }

  func addScaled(_ factor: Float, _ source: FloatSlice, to target: FloatSlice) {
    precondition(source.count == target.count)
    table.pointee.add_scaled(target.count, factor, source.pointer, target.pointer)
  }

  func allFinite(_ values: FloatSlice) -> Bool {
    table.pointee.all_finite(values.count, values.pointer) != 0
  }

  /// Returns the sum of the losses of rows of logits, [labels, classes], and writes the probabilities.
  ///
  /// `delta` gets the derivative of the sum by the logits, × `share`.
  func softmaxLoss(
    _ logits: FloatSlice, labels: ArraySlice<Int32>, share: Float, probabilities: FloatSlice, delta: FloatSlice?
  ) -> Double {
    precondition(logits.count == probabilities.count && logits.count % labels.count == 0)
    precondition(delta.map { $0.count == logits.count } ?? true)
    return labels.withUnsafeBufferPointer {
      table.pointee.softmax_loss(
        labels.count, logits.count / labels.count, share, logits.pointer, $0.baseAddress, probabilities.pointer,
        delta?.pointer)
    }
  }

  /// Computes the derivative of `softmaxLoss`'s delta along the logits' tangent.
  func softmaxTangent(
    _ probabilities: FloatSlice, _ tangent: FloatSlice, rows: Int, share: Float, delta: FloatSlice
  ) {
    precondition(probabilities.count == tangent.count && delta.count == tangent.count)
    table.pointee.softmax_tangent(
      rows, tangent.count / rows, share, probabilities.pointer, tangent.pointer, delta.pointer)
  }

  func momentum(rate: Float, decay: Float, gradient: FloatSlice, velocity: FloatSlice, parameters: FloatSlice) {
    precondition(gradient.count == parameters.count && velocity.count == parameters.count)
    table.pointee.momentum(
      parameters.count, rate, decay, gradient.pointer, velocity.pointer, parameters.pointer)
  }

  func nesterov(rate: Float, decay: Float, gradient: FloatSlice, velocity: FloatSlice, parameters: FloatSlice) {
    precondition(gradient.count == parameters.count && velocity.count == parameters.count)
    table.pointee.nesterov(
      parameters.count, rate, decay, gradient.pointer, velocity.pointer, parameters.pointer)
  }

  func rmsprop(
    rate: Float, decay: Float, epsilon: Float, correction: Float, gradient: FloatSlice, square: FloatSlice,
    parameters: FloatSlice
  ) {
    precondition(gradient.count == parameters.count && square.count == parameters.count)
    table.pointee.rmsprop(
      parameters.count, rate, decay, epsilon, correction, gradient.pointer, square.pointer, parameters.pointer)
  }

  /// The numbers of one step of Adam and of its kin, as the kernel takes them.
  struct AdamStep {
    var rate: Float
    var betas: (Float, Float)
    var epsilon: Float
    /// The share of themselves that parameters lose, the learning rate times the weight decay.
    var decay: Float = 0
    /// The factors of the gradient and of the first moment in the direction; those of Adam are 0 and its correction.
    var shares: (gradient: Float, first: Float)
    /// The factor of the second moment, 1 / (1 − β₂ᵗ).
    var correction: Float
  }

  func adam(
    _ step: AdamStep, gradient: FloatSlice, first: FloatSlice, second: FloatSlice, parameters: FloatSlice
  ) {
    precondition(gradient.count == parameters.count && first.count == parameters.count)
    precondition(second.count == parameters.count)
    table.pointee.adam(
      parameters.count, step.rate, step.betas.0, step.betas.1, step.epsilon, step.decay, step.shares.gradient,
      step.shares.first, step.correction, gradient.pointer, first.pointer, second.pointer, parameters.pointer)
  }

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

  /// Does multiply-adds in registers alone, and returns how many.
  package func multiplyAdds(rounds: Int) -> Int {
    var result: Float = 0
    return table.pointee.multiply_adds(rounds, 1e-9, &result)
  }

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
    return network.rows.withUnsafeBufferPointer { rows in
      var networkC = lopt_network(
        betas: network.betas.count, rows: rows.baseAddress, inputs: network.inputs,
        hidden_layers: network.hiddenLayers, hidden_units: network.hiddenUnits, weights: weights?.pointer,
        lambda1: scale * network.lambda1, lambda2: network.lambda2, epsilon: network.epsilon)
      return body(&networkC, &tensorC)
    }
  }

  func featureSquares(_ network: Network, _ tensor: Tensor, into sums: inout [Double]) {
    precondition(sums.count == network.inputs)
    sums.withUnsafeMutableBufferPointer { sums in
      with(network, nil, tensor) { table.pointee.feature_squares($0, $1, sums.baseAddress) }
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
