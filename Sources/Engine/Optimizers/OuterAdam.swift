#if canImport(Glibc)
  import Glibc
#endif

/// Adam on θ: its state is a value that is stored with a run, and its arithmetic is in Double.
package struct OuterAdam: Sendable, Equatable {
  package var first: [Float]
  package var second: [Float]
  /// Steps done.
  package var steps: Int

  package init(count: Int) {
    first = Array(repeating: 0, count: count)
    second = Array(repeating: 0, count: count)
    steps = 0
  }

  package init(first: [Float], second: [Float], steps: Int) {
    precondition(first.count == second.count)
    self.first = first
    self.second = second
    self.steps = steps
  }

  /// Moves θ by one step along the outer-gradient; a coordinate that is not finite counts as 0.
  ///
  /// - Parameter learningRate: that of this step; the other numbers are the settings'.
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
      theta[i] -= Float(
        learningRate * (m / correction1) / ((v / correction2).squareRoot() + settings.epsilon))
    }
  }
}
