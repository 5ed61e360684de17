#if canImport(Glibc)
  import Glibc
#endif

/// The values of a function at equal distances.
struct SampledCurve: Equatable {
  /// The abscissa of the first value.
  var first: Double
  /// The distance of two abscissae.
  var spacing: Double
  var values: [Double]

  /// Returns the abscissa of the value at `index`.
  func x(_ index: Int) -> Double { first + Double(index) * spacing }

  /// Returns the curve without `count` values at each end.
  func trimmed(by count: Int) -> SampledCurve {
    SampledCurve(first: x(count), spacing: spacing, values: Array(values.dropFirst(count).dropLast(count)))
  }

  /// Returns how many values a Gaussian's window has on each side: three standard deviations.
  static func reach(sigma: Double, spacing: Double) -> Int { Int((3 * sigma / spacing - 1e-9).rounded(.up)) }

  /// Returns the expectation of the function at x + e, e ~ N(0, σ²).
  ///
  /// It is the sum over the values within 3 σ, weighted by the density and normalised. Abscissae within 3 σ of the ends
  /// are left out.
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

  /// The total variation Σ |f(xᵢ₊₁) − f(xᵢ)|: how far the function goes up and down.
  ///
  /// A smooth function with one minimum has at most twice its range; a jagged one has many times that.
  var totalVariation: Double {
    zip(values, values.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) }
  }

  /// The number of values that are below both their neighbours.
  var minima: Int {
    values.indices.dropFirst().dropLast().count { values[$0] < values[$0 - 1] && values[$0] < values[$0 + 1] }
  }
}
