/// Mean and unbiased variance, in two passes in Double.
package struct SampleMoments {
  package var mean: Double
  /// Not a number where there is but one sample.
  package var variance: Double

  package init(_ samples: some Collection<Double>) {
    let count = Double(samples.count)
    let mean = samples.reduce(0, +) / count
    self.mean = mean
    variance = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
  }
}

extension SampleMoments {
  /// Those of each coordinate of θ of one of the samples' gradients; none where the samples do not have it.
  static func ofCoordinates(
    _ gradient: KeyPath<OuterGradientSample, [Float]>, _ samples: [OuterGradientSample]
  ) -> [SampleMoments] {
    let gradients = samples.map { $0[keyPath: gradient] }
    return (gradients.first ?? []).indices.map { coordinate in
      SampleMoments(gradients.lazy.map { Double($0[coordinate]) })
    }
  }

  /// The weight of an exact gradient beside evolution strategies by inverse variance, w = var_es / (var_rp + var_es),
  /// which divides by no tiny variance; 0 where a sample is not finite.
  func weight(beside es: SampleMoments, varianceFloor: Double) -> Double {
    guard mean.isFinite, variance.isFinite else { return 0 }
    let exactVariance = variance + varianceFloor
    let esVariance = es.variance + varianceFloor
    return esVariance / (exactVariance + esVariance)
  }
}
