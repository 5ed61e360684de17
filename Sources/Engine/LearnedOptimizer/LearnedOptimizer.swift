/// The learned optimizer with a given θ, as an optimizer that trains a problem.
package final class LearnedOptimizer: InnerOptimizer {
  private let theta: FloatBuffer
  private let update: LearnedUpdate
  private let state: InnerState
  private var step = 0

  /// Makes an optimizer in the state at the beginning of a task.
  /// - Parameters:
  ///   - theta: the outer-parameters in the architecture's layout.
  ///   - architecture: the network that θ is the weights of.
  ///   - problem: the layout of the parameters that it will train.
  package init(theta: [Float], architecture: Architecture, problem: ParameterLayout, kernels: Kernels) {
    precondition(theta.count == architecture.layout.count)
    self.theta = FloatBuffer(theta)
    update = LearnedUpdate(architecture: architecture, problem: problem, reverse: false, kernels: kernels)
    state = InnerState(count: problem.count, betas: architecture.betas.count)
  }

  /// Sets momenta and second moments to 0, for a new task.
  package func reset() {
    state.buffer.fill(0)
    step = 0
  }

  /// Does one inner step (Documentation/method.md#one-update), its update multiplied by `scale`.
  package func update(_ parameters: FloatBuffer, gradient: FloatBuffer, scale: Float) {
    state.parameters.assign(parameters.all)
    update.forward(theta: theta, step: step, before: state, gradient: gradient, after: state, scale: scale)
    parameters.all.assign(state.parameters)
    step += 1
  }

  /// Returns the momenta of a tensor, [β, its parameters].
  package func momenta(of tensor: ParameterLayout.Tensor) -> [Float] {
    (0..<state.betas).flatMap { state.momentum($0)[tensor.range].array }
  }

  /// Returns the second moments of a tensor, [β, its parameters].
  package func secondMoments(of tensor: ParameterLayout.Tensor) -> [Float] {
    (0..<state.betas).flatMap { state.secondMoment($0)[tensor.range].array }
  }
}
