#if canImport(Glibc)
  import Glibc
#endif

/// A function's values at equal distances.
struct SampledCurve: Equatable {
  /// Where the first value is.
  var first: Double
  var spacing: Double
  var values: [Double]

  func x(_ index: Int) -> Double { first + Double(index) * spacing }

  /// Without `count` values at each end.
  func trimmed(by count: Int) -> SampledCurve {
    SampledCurve(first: x(count), spacing: spacing, values: Array(values.dropFirst(count).dropLast(count)))
  }

  /// How many values a Gaussian's window has on each side: three standard deviations.
  static func reach(sigma: Double, spacing: Double) -> Int { Int((3 * sigma / spacing - 1e-9).rounded(.up)) }

  /// The expectation of the function at x + e, e ~ N(0, σ²): the sum over the values within 3 σ, weighted by the density
  /// and normalised. The values within 3 σ of the ends have none.
  func smoothed(sigma: Double) -> SampledCurve {
    let reach = Self.reach(sigma: sigma, spacing: spacing)
    let weights = (-reach...reach).map { exp(-pow(Double($0) * spacing / sigma, 2) / 2) }
    let total = weights.reduce(0, +)
    var result = trimmed(by: reach)
    for index in result.values.indices {
      result.values[index] = zip(weights, values[index...]).reduce(0) { $0 + $1.0 * $1.1 } / total
    }
    return result
  }

  /// Σ |f(xᵢ₊₁) − f(xᵢ)|: how far the function goes up and down. A smooth one with one minimum has at most twice its
  /// range; a jagged one has many times that.
  var totalVariation: Double {
    zip(values, values.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) }
  }
}
