#if canImport(Glibc)
  import Glibc
#endif

/// The optimizer Adam with bias correction (Kingma and Ba 2015), and what is made of it: AdamW, whose weights decay
/// apart from the gradient (Loshchilov and Hutter 2019), and NAdamW, which has Nesterov's momentum too (Dozat 2016).
/// Documentation/method.md#baselines has the formulas.
package final class Adam: InnerOptimizer {
  private let kernels: Kernels
  private let rate: Float
  private let betas: (Float, Float)
  private let epsilon: Float
  private let decay: Float
  private let isNesterov: Bool
  private let first: FloatBuffer
  private let second: FloatBuffer
  private var step = 0
  /// The product of Nesterov's μ of all steps done.
  private var product = 1.0

  /// Makes an optimizer for `count` parameters.
  /// - Parameters:
  ///   - rate: the learning rate α.
  ///   - decay: the weight decay λ: a step takes the share αλ of a parameter away.
  ///   - isNesterov: whether the momentum is Nesterov's.
  package init(
    count: Int, rate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, decay: Float = 0,
    isNesterov: Bool = false, kernels: Kernels
  ) {
    self.kernels = kernels
    self.rate = rate
    betas = (beta1, beta2)
    self.epsilon = epsilon
    self.decay = decay
    self.isNesterov = isNesterov
    first = FloatBuffer(count)
    second = FloatBuffer(count)
  }

  /// Sets the moments to 0, for a new task.
  package func reset() {
    first.fill(0)
    second.fill(0)
    step = 0
    product = 1
  }

  /// Does one inner step by the gradient at `parameters`.
  package func update(_ parameters: FloatBuffer, gradient: FloatBuffer, scale: Float) {
    step += 1
    func correction(_ beta: Float) -> Float { Float(1 / (1 - pow(Double(beta), Double(step)))) }
    let shares = isNesterov ? nesterovShares() : (gradient: 0, first: correction(betas.0))
    let rate = scale * self.rate
    kernels.adam(
      .init(
        rate: rate, betas: betas, epsilon: epsilon, decay: rate * decay, shares: shares,
        correction: correction(betas.1)),
      gradient: gradient.all, first: first.all, second: second.all, parameters: parameters.all)
  }

  /// Takes the momentum's course one step on, and returns what the gradient and the first moment count in it.
  ///
  /// At step t, from 1, μₜ = β₁ (1 − 0.96^(t/250) / 2), which is Dozat's proposal.
  private func nesterovShares() -> (gradient: Float, first: Float) {
    func momentum(_ step: Int) -> Double { Double(betas.0) * (1 - 0.5 * pow(0.96, 0.004 * Double(step))) }
    let (now, next) = (momentum(step), momentum(step + 1))
    product *= now
    return (Float((1 - now) / (1 - product)), Float(next / (1 - product * next)))
  }
}
