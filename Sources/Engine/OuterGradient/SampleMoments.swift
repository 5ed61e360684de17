/// The mean and the unbiased variance of numbers, computed in two passes in Double.
package struct SampleMoments {
  /// The mean.
  package var mean: Double
  /// The unbiased variance; not a number where there is one sample only.
  package var variance: Double

  /// Computes the moments of numbers.
  package init(_ samples: some Collection<Double>) {
    let count = Double(samples.count)
    let mean = samples.reduce(0, +) / count
    self.mean = mean
    variance = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
  }
}

extension SampleMoments {
  /// Returns the moments of each coordinate of θ over the samples' gradients of one kind; none where they lack it.
  static func ofCoordinates(
    _ gradient: KeyPath<OuterGradientSample, [Float]>, _ samples: [OuterGradientSample]
  ) -> [SampleMoments] {
    let gradients = samples.map { $0[keyPath: gradient] }
    return (gradients.first ?? []).indices.map { coordinate in
      SampleMoments(gradients.lazy.map { Double($0[coordinate]) })
    }
  }

  /// Returns the weight of an exact gradient beside evolution strategies by inverse variance; 0 where a sample is not
  /// finite.
  ///
  /// It is w = var_es / (var_rp + var_es), which divides by no tiny variance.
  func weight(beside es: SampleMoments, varianceFloor: Double) -> Double {
    guard mean.isFinite, variance.isFinite else { return 0 }
    let exactVariance = variance + varianceFloor
    let esVariance = es.variance + varianceFloor
    return esVariance / (exactVariance + esVariance)
  }
}
