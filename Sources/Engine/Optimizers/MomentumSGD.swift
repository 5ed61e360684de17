/// Stochastic gradient descent with momentum: w ← γ w + g, u ← u − α w.
package final class MomentumSGD: InnerOptimizer {
  private let rate: Float
  private let decay: Float
  private let velocity: FloatBuffer

  package init(count: Int, rate: Float, decay: Float = 0.9) {
    self.rate = rate
    self.decay = decay
    velocity = FloatBuffer(count)
  }

  package func reset() { velocity.fill(0) }

  package func update(_ parameters: FloatBuffer, gradient: FloatBuffer) {
    Kernels.current.momentum(
      rate: rate, decay: decay, gradient: gradient.all, velocity: velocity.all, parameters: parameters.all)
  }
}
