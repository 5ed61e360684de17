#if canImport(Glibc)
  import Glibc
#endif

/// The optimizer Adam (Kingma and Ba 2015), with bias correction (Documentation/method.md#baselines).
package final class Adam: InnerOptimizer {
  private let kernels: Kernels
  private let rate: Float
  private let betas: (Float, Float)
  private let epsilon: Float
  private let first: FloatBuffer
  private let second: FloatBuffer
  private var step = 0

  /// Makes an optimizer for `count` parameters.
  package init(
    count: Int, rate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, kernels: Kernels
  ) {
    self.kernels = kernels
    self.rate = rate
    betas = (beta1, beta2)
    self.epsilon = epsilon
    first = FloatBuffer(count)
    second = FloatBuffer(count)
  }

  /// Sets the moments to 0, for a new task.
  package func reset() {
    first.fill(0)
    second.fill(0)
    step = 0
  }

  /// Does one inner step by the gradient at `parameters`.
  package func update(_ parameters: FloatBuffer, gradient: FloatBuffer) {
    step += 1
    func correction(_ beta: Float) -> Float { Float(1 / (1 - pow(Double(beta), Double(step)))) }
    kernels.adam(
      rate: rate, betas: betas, epsilon: epsilon, corrections: (correction(betas.0), correction(betas.1)),
      gradient: gradient.all, first: first.all, second: second.all, parameters: parameters.all)
  }
}
