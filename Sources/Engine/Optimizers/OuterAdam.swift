#if canImport(Glibc)
  import Glibc
#endif

/// The Adam that steps θ (Documentation/method.md#outer-optimizer). Its state is a value that is stored with a run, and
/// its arithmetic is in Double.
package struct OuterAdam: Sendable, Equatable {
  /// The running average of the outer-gradient, one for each coordinate of θ.
  package var first: [Float]
  /// The running average of the squared outer-gradient, one for each coordinate of θ.
  package var second: [Float]
  /// The number of steps done.
  package var steps: Int

  /// Makes the state before the first step, for `count` coordinates.
  package init(count: Int) {
    first = Array(repeating: 0, count: count)
    second = Array(repeating: 0, count: count)
    steps = 0
  }

  /// Restores a stored state.
  package init(first: [Float], second: [Float], steps: Int) {
    precondition(first.count == second.count)
    self.first = first
    self.second = second
    self.steps = steps
  }

  /// Moves θ by one step against the outer-gradient. A coordinate of it that is not finite counts as 0, and one of θ that
  /// would not be finite after the step stays where it is: nothing would ever mend it.
  ///
  /// - Parameters:
  ///   - learningRate: the learning rate of this step.
  ///   - settings: the decays and ε.
  package mutating func update(
    _ theta: inout [Float], gradient: [Double], learningRate: Double, settings: OuterSettings
  ) {
    precondition(theta.count == first.count && gradient.count == first.count)
    steps += 1
    let correction1 = 1 - pow(settings.beta1, Double(steps))
    let correction2 = 1 - pow(settings.beta2, Double(steps))
    for i in theta.indices {
      let g = gradient[i].isFinite ? gradient[i] : 0
      let m = settings.beta1 * Double(first[i]) + (1 - settings.beta1) * g
      let v = settings.beta2 * Double(second[i]) + (1 - settings.beta2) * g * g
      first[i] = Float(m)
      second[i] = Float(v)
      let next =
        theta[i]
        - Float(learningRate * (m / correction1) / ((v / correction2).squareRoot() + settings.epsilon))
      if next.isFinite { theta[i] = next }
    }
  }
}
