#if canImport(Glibc)
  import Glibc
#endif

/// The optimizer RMSProp (Tieleman and Hinton 2012) with bias correction: q ← γ q + (1 − γ) g²,
/// u ← u − α g / (√(q / (1 − γⁱ)) + ε) at step i (Documentation/method.md#baselines).
package final class RMSProp: InnerOptimizer {
  private let kernels: Kernels
  private let rate: Float
  private let decay: Float
  private let epsilon: Float
  private let square: FloatBuffer
  private var step = 0

  /// Makes an optimizer for `count` parameters.
  /// - Parameters:
  ///   - rate: the learning rate α.
  ///   - decay: the decay γ of the mean square.
  ///   - epsilon: the term ε.
  package init(count: Int, rate: Float, decay: Float = 0.9, epsilon: Float = 1e-8, kernels: Kernels) {
    self.kernels = kernels
    self.rate = rate
    self.decay = decay
    self.epsilon = epsilon
    square = FloatBuffer(count)
  }

  /// Sets the mean square q to 0, for a new task.
  package func reset() {
    square.fill(0)
    step = 0
  }

  /// Does one inner step by the gradient at `parameters`.
  package func update(_ parameters: FloatBuffer, gradient: FloatBuffer, scale: Float) {
    step += 1
    kernels.rmsprop(
      rate: scale * rate, decay: decay, epsilon: epsilon,
      correction: Float(1 / (1 - pow(Double(decay), Double(step)))), gradient: gradient.all, square: square.all,
      parameters: parameters.all)
  }
}
