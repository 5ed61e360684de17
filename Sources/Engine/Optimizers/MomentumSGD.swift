/// Stochastic gradient descent with momentum: w ← γ w + g, u ← u − α w.
public final class MomentumSGD: InnerOptimizer {
  private let rate: Float
  private let decay: Float
  private let velocity: FloatBuffer

  public init(count: Int, rate: Float, decay: Float = 0.9) {
    self.rate = rate
    self.decay = decay
    velocity = FloatBuffer(count)
  }

  public func reset() { velocity.fill(0) }

  public func update(_ parameters: FloatBuffer, gradient: FloatBuffer) {
    Kernels.current.momentum(
      rate: rate, decay: decay, gradient: gradient.all, velocity: velocity.all, parameters: parameters.all)
  }
}
