/// The variance of an outer-iteration's samples (Documentation/method.md#variances-that-are-logged).
package struct OuterGradientVariance: Sendable, Equatable {
  /// The variance of one sample's gradient by back-propagation, summed over the coordinates of θ; nil where there are
  /// fewer than two samples, the estimator does not use the gradient, or one is not finite.
  package var reparameterization: Double?
  /// The variance of one sample's evolution strategies, summed over the coordinates of θ; nil as for the gradient by
  /// back-propagation.
  package var evolutionStrategies: Double?
  /// The mean over the coordinates of the weight that inverse variances give the reparameterization gradient; nil
  /// unless both gradients are used.
  package var reparameterizationWeight: Double?
}

extension OuterGradientVariance {
  /// Computes the variances of samples.
  /// - Parameter varianceFloor: the number that the weight's variances get added.
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
