/// RMSProp (Tieleman and Hinton 2012): q ← γ q + (1 − γ) g², u ← u − α g / (√q + ε).
package final class RMSProp: InnerOptimizer {
  private let rate: Float
  private let decay: Float
  private let epsilon: Float
  private let square: FloatBuffer

  package init(count: Int, rate: Float, decay: Float = 0.9, epsilon: Float = 1e-8) {
    self.rate = rate
    self.decay = decay
    self.epsilon = epsilon
    square = FloatBuffer(count)
  }

  package func reset() { square.fill(0) }

  package func update(_ parameters: FloatBuffer, gradient: FloatBuffer) {
    Kernels.current.rmsprop(
      rate: rate, decay: decay, epsilon: epsilon, gradient: gradient.all, square: square.all,
      parameters: parameters.all)
  }
}
