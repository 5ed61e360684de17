#if canImport(Glibc)
  import Glibc
#endif

/// An inner problem of one parameter, ℓ(x) = (x − 4)(x − 3) x², which has two minima.
///
/// It is trained by gradient descent with momentum. Its outer-loss is the loss after the last step, over the logarithm
/// of the learning rate.
struct ToySurface: Codable, Sendable, Equatable {
  /// The parameter x before the first step.
  var start = -0.5
  var momentum = 0.9
  /// The loss that a larger one, or one that is not finite, counts as.
  var clip = 10.0
  /// The numbers of inner steps, ascending.
  var lengths = [1, 3, 10, 1_000]
  /// The lower end of the range of log₁₀ of the learning rate that is shown.
  var from = -2.5
  /// The upper end of the range of log₁₀ of the learning rate that is shown.
  var to = -1.0
  /// The number of values in the range.
  var points = 2_001
  /// The standard deviation of the smoothing, in the learning rate's natural logarithm.
  var sigma = 0.05

  static func loss(_ x: Double) -> Double { (x - 4) * (x - 3) * x * x }
  /// Returns the slope ℓ′(x) = 4x³ − 21x² + 24x.
  static func slope(_ x: Double) -> Double { x * (x * (4 * x - 21) + 24) }

  /// Returns the loss after each number of steps.
  func losses(logRate: Double) -> [Double] {
    let rate = exp(logRate)
    var x = start
    var velocity = 0.0
    var step = 0
    return lengths.map { length in
      while step < length {
        velocity = momentum * velocity + Self.slope(x)
        x -= rate * velocity
        step += 1
      }
      let loss = Self.loss(x)
      return loss < clip ? loss : clip
    }
  }

  /// Returns, for each number of steps, the outer-loss over the natural logarithm of the learning rate, raw and
  /// smoothed.
  func curves() -> [(raw: SampledCurve, smoothed: SampledCurve)] {
    let spacing = (to - from) * log(10) / Double(points - 1)
    let reach = SampledCurve.reach(sigma: sigma, spacing: spacing)
    let first = from * log(10) - Double(reach) * spacing
    let losses = (0..<points + 2 * reach).map { self.losses(logRate: first + Double($0) * spacing) }
    return lengths.indices.map { index in
      let whole = SampledCurve(first: first, spacing: spacing, values: losses.map { $0[index] })
      return (whole.trimmed(by: reach), whole.smoothed(sigma: sigma))
    }
  }
}
