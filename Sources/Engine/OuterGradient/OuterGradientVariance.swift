/// How much the samples of an outer-iteration vary.
package struct OuterGradientVariance: Sendable, Equatable {
  /// The variance of one sample, summed over the coordinates of θ; nil where there are fewer than two samples, the
  /// estimator does not use the gradient, or one is not finite.
  package var reparameterization: Double?
  package var evolutionStrategies: Double?
  /// The mean over the coordinates of the weight that inverse variances give the reparameterization gradient; nil
  /// unless both are used.
  package var reparameterizationWeight: Double?
}

extension OuterGradientVariance {
  package init(_ samples: [OuterGradientSample], varianceFloor: Double) {
    self.init()
    guard samples.count > 1 else { return }
    func total(_ moments: [SampleMoments]) -> Double? {
      let sum = moments.reduce(0) { $0 + $1.variance }
      return moments.isEmpty || !sum.isFinite ? nil : sum
    }
    let exact = SampleMoments.ofCoordinates(\.reparameterization, samples)
    let es = SampleMoments.ofCoordinates(\.evolutionStrategies, samples)
    reparameterization = total(exact)
    evolutionStrategies = total(es)
    guard !exact.isEmpty, es.count == exact.count else { return }
    let weights = zip(exact, es).reduce(0) { $0 + $1.0.weight(beside: $1.1, varianceFloor: varianceFloor) }
    reparameterizationWeight = weights / Double(exact.count)
  }
}
