/// One inner step of the learned optimizer and its reverse, over all tensors of a problem
/// (Documentation/method.md#one-update and Documentation/method.md#reverse-of-an-update).
///
/// The normalization xᵢ nᵢ of feature i over a tensor is folded into row i of the first layer's weights. The time
/// inputs, the same for all parameters, are folded into its biases, and the scale ρ of a tensor's update into λ₁. An
/// object is for one thread, and allocates nothing after it was made.
package final class LearnedUpdate {
  private let kernels: Kernels
  private let network: Kernels.Network
  private let problem: ParameterLayout
  /// The distance between the rows of `featureAdjoints`: the largest tensor, in whole blocks.
  private let featureStride: Int

  private let weights: FloatBuffer
  private let scratch: FloatBuffer
  private let weightsAdjoint: FloatBuffer
  private let featureAdjoints: FloatBuffer
  private var squares: [Double]
  /// The factor nᵢ that normalizes each input; 1 where it is not normalized.
  private var scales: [Double]
  /// The factor ρ of the tensor's update; 1 where it is not scaled.
  private var updateScale = 1.0
  private var coefficients: [Float]
  private var times: [Double]

  /// Allocates the memory.
  /// - Parameters:
  ///   - problem: the layout of the inner parameters.
  ///   - reverse: whether `reverse` will be called.
  package init(architecture: Architecture, problem: ParameterLayout, reverse: Bool, kernels: Kernels) {
    self.kernels = kernels
    self.problem = problem
    network = architecture.network
    let block = Kernels.block
    featureStride = problem.tensors.map { ($0.count + block - 1) / block * block }.max() ?? 0
    weights = FloatBuffer(network.weightCount)
    scratch = FloatBuffer(network.scratchCount)
    weightsAdjoint = FloatBuffer(reverse ? network.weightCount : 0)
    featureAdjoints = FloatBuffer(reverse ? network.inputs * featureStride : 0)
    squares = Array(repeating: 0, count: network.inputs)
    scales = squares
    coefficients = Array(repeating: 0, count: network.inputs)
    times = Array(repeating: 0, count: network.timeScales.count)
  }

  private func tensor(
    _ piece: ParameterLayout.Tensor, _ before: InnerState, _ after: InnerState, _ gradient: FloatBuffer
  )
    -> Kernels.Tensor
  {
    Kernels.Tensor(
      parameters: before.buffer[piece.range], gradient: gradient[piece.range],
      momenta: after.momenta(from: piece.offset), secondMoments: after.secondMoments(from: piece.offset),
      stride: problem.count)
  }

  /// Does inner step number `step`, and writes the state after it. `after` may be `before`.
  /// - Parameter scale: multiplies the change of the parameters.
  package func forward(
    theta: FloatBuffer, step: Int, before: InnerState, gradient: FloatBuffer, after: InnerState, scale: Float = 1
  ) {
    for (beta, decay) in network.betas.enumerated() {
      kernels.moments(
        beta: decay, rest: network.rests[beta], gradient: gradient.all, momentum: before.momentum(beta),
        secondMoment: before.secondMoment(beta),
        nextMomentum: after.momentum(beta), nextSecondMoment: after.secondMoment(beta))
    }
    for piece in problem.tensors {
      let tensor = tensor(piece, before, after, gradient)
      fold(theta, step, tensor)
      kernels.networkUpdate(
        network, weights: weights.all, tensor, scale: scale * Float(updateScale), next: after.buffer[piece.range],
        scratch: scratch)
    }
  }

  /// Sets `weights`, `scales` and `updateScale` for one tensor at one step.
  private func fold(_ theta: FloatBuffer, _ step: Int, _ tensor: Kernels.Tensor) {
    kernels.featureSquares(network, tensor, into: &squares)
    updateScale = kernels.fold(
      network, theta: theta, step: step, count: tensor.parameters.count, squares: squares, into: weights,
      scales: &scales, times: &times)
  }

  /// Takes adjoints back through `forward`.
  ///
  /// - Parameters:
  ///   - adjoint: the adjoint of the state after the step. It becomes that of the state before it, without what reaches
  ///     the
  ///     parameters through the gradient.
  ///   - gradientAdjoint: gets the adjoint of the gradient, [P].
  ///   - thetaAdjoint: the adjoint of θ, to which this step's is added.
  package func reverse(
    theta: FloatBuffer, step: Int, before: InnerState, gradient: FloatBuffer, after: InnerState, adjoint: InnerState,
    gradientAdjoint: FloatBuffer, thetaAdjoint: inout [Double]
  ) {
    for piece in problem.tensors {
      let tensor = tensor(piece, before, after, gradient)
      fold(theta, step, tensor)
      weightsAdjoint.fill(0)
      kernels.networkReverse(
        network, weights: weights.all, tensor, scale: Float(updateScale), nextAdjoint: adjoint.buffer[piece.range],
        weightsAdjoint: weightsAdjoint, featureAdjoints: featureAdjoints, featureStride: featureStride, scratch: scratch
      )
      unfold(tensor.parameters.count, into: &thetaAdjoint)
      kernels.featureReverse(
        network, tensor, featureAdjoints: featureAdjoints, featureStride: featureStride, coefficients: coefficients,
        parametersAdjoint: adjoint.buffer[piece.range], momentaAdjoint: adjoint.momenta(from: piece.offset),
        secondMomentsAdjoint: adjoint.secondMoments(from: piece.offset),
        gradientAdjoint: gradientAdjoint[piece.range])
    }
  }

  /// Takes adjoints back through `fold`: from those of the folded weights to those of θ. It also sets the coefficients
  /// with which the features' adjoints feel their normalization, and the value's what it does to the update's scale.
  ///
  /// With x̂ₚ = n xₚ, n = (ε + Σ xₚ² / N)^(−1/2), and yₚ the adjoint of xₚ at constant n, that of xₚ is yₚ − n² (Σ y x
  /// / N) xₚ; and Σₚ yₚ xₚ = Σⱼ (folded weight j) (its adjoint). The update is linear in ρ = (ε + Σ uₚ² / N)^(1/2) and
  /// in d, so that uₚ gets (Σ d̄ d / (N ρ²)) uₚ; and as d is linear in the weights and the bias that lead to it, Σₚ d̄ₚ
  /// dₚ is the same sum over these.
  /// - Parameter count: the number N of parameters of the tensor.
  private func unfold(_ count: Int, into thetaAdjoint: inout [Double]) {
    let units = network.hiddenUnits
    let inputs = network.inputs
    for i in 0..<inputs {
      var product = 0.0
      for unit in 0..<units {
        let adjoint = Double(weightsAdjoint[i * units + unit])
        product += Double(weights[i * units + unit]) * adjoint
        thetaAdjoint[i * units + unit] += scales[i] * adjoint
      }
      coefficients[i] = Float(scales[i] * scales[i] * product / Double(count))
    }
    for row in network.rawRows { coefficients[row] = 0 }
    if network.scaleByRms {
      // The weights of d and s alternate.
      let product = stride(from: weights.count - 2 * (units + 1), to: weights.count, by: 2)
        .reduce(0.0) { $0 + Double(weights[$1]) * Double(weightsAdjoint[$1]) }
      coefficients[network.valueRow] -= Float(product / (updateScale * updateScale * Double(count)))
    }
    let bias = (inputs + times.count) * units
    for unit in 0..<units {
      let adjoint = Double(weightsAdjoint[inputs * units + unit])
      thetaAdjoint[bias + unit] += adjoint
      for (i, time) in times.enumerated() { thetaAdjoint[(inputs + i) * units + unit] += time * adjoint }
    }
    let rest = (inputs + 1) * units
    for index in rest..<network.weightCount {
      thetaAdjoint[bias + units + index - rest] += Double(weightsAdjoint[index])
    }
  }
}
