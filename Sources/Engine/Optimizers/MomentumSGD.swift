/// Stochastic gradient descent with momentum, w ← γ w + g, u ← u − α w; with Nesterov's, u ← u − α (g + γ w)
/// (Documentation/method.md#baselines).
package final class MomentumSGD: InnerOptimizer {
  private let kernels: Kernels
  private let rate: Float
  private let decay: Float
  private let isNesterov: Bool
  private let velocity: FloatBuffer

  /// Makes an optimizer for `count` parameters.
  /// - Parameters:
  ///   - rate: the learning rate α.
  ///   - decay: the momentum γ.
  ///   - isNesterov: whether the momentum is Nesterov's.
  package init(count: Int, rate: Float, decay: Float = 0.9, isNesterov: Bool = false, kernels: Kernels) {
    self.kernels = kernels
    self.rate = rate
    self.decay = decay
    self.isNesterov = isNesterov
    velocity = FloatBuffer(count)
  }

  /// Sets the velocity w to 0, for a new task.
  package func reset() { velocity.fill(0) }

  /// Does one inner step by the gradient at `parameters`.
  package func update(_ parameters: FloatBuffer, gradient: FloatBuffer, scale: Float) {
    if isNesterov {
      kernels.nesterov(
        rate: scale * rate, decay: decay, gradient: gradient.all, velocity: velocity.all, parameters: parameters.all)
    } else {
      kernels.momentum(
        rate: scale * rate, decay: decay, gradient: gradient.all, velocity: velocity.all, parameters: parameters.all)
    }
  }
}
