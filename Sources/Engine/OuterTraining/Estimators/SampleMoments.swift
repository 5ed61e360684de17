/// Mean and unbiased variance, in two passes in Double.
struct SampleMoments {
  var mean: Double
  /// Not a number where there is but one sample.
  var variance: Double

  init(_ samples: some Collection<Double>) {
    let count = Double(samples.count)
    let mean = samples.reduce(0, +) / count
    self.mean = mean
    variance = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
  }
}

/// One coordinate of both gradients.
struct CoordinateMoments {
  var exact: SampleMoments
  var es: SampleMoments

  init(_ samples: [OuterGradientSample], coordinate: Int) {
    exact = SampleMoments(samples.lazy.map { Double($0.reparameterization[coordinate]) })
    es = SampleMoments(samples.lazy.map { Double($0.evolutionStrategies[coordinate]) })
  }

  /// The weight of the exact gradient by inverse variance, w = var_es / (var_rp + var_es), which divides by no tiny
  /// variance; 0 where a sample is not finite.
  func exactWeight(varianceFloor: Double) -> Double {
    guard exact.mean.isFinite, exact.variance.isFinite else { return 0 }
    let exactVariance = exact.variance + varianceFloor
    let esVariance = es.variance + varianceFloor
    return esVariance / (exactVariance + esVariance)
  }
}

/// How much the samples of an outer-iteration vary.
public struct OuterGradientVariance: Sendable, Equatable {
  /// The variance of one sample, summed over the coordinates of θ; nil where there are fewer than two samples, the
  /// estimator does not use the gradient, or one is not finite.
  public var reparameterization: Double?
  public var evolutionStrategies: Double?
  /// The mean over the coordinates of the weight that inverse variances give the reparameterization gradient; nil
  /// unless both are used.
  public var reparameterizationWeight: Double?
}

extension OuterGradientVariance {
  public init(_ samples: [OuterGradientSample], varianceFloor: Double) {
    self.init()
    guard let first = samples.first, samples.count > 1 else { return }
    func total(_ gradient: KeyPath<OuterGradientSample, [Float]>) -> Double? {
      let coordinates = first[keyPath: gradient].indices
      let sum = coordinates.reduce(0) { sum, coordinate in
        sum + SampleMoments(samples.lazy.map { Double($0[keyPath: gradient][coordinate]) }).variance
      }
      return coordinates.isEmpty || !sum.isFinite ? nil : sum
    }
    reparameterization = total(\.reparameterization)
    evolutionStrategies = total(\.evolutionStrategies)
    let coordinates = first.reparameterization.indices
    guard !coordinates.isEmpty, first.evolutionStrategies.count == coordinates.count else { return }
    let weights = coordinates.reduce(0) {
      $0 + CoordinateMoments(samples, coordinate: $1).exactWeight(varianceFloor: varianceFloor)
    }
    reparameterizationWeight = weights / Double(coordinates.count)
  }
}
