/// An estimator that averages reparameterization and evolution strategies, weighted by inverse variance, coordinate by
/// coordinate (Documentation/method.md#combined-estimator).
///
/// The weights depend on the samples that they weigh, which biases the estimate, less so with more pairs. Where a
/// sample of a coordinate's reparameterization gradient is not finite, evolution strategies alone count.
package struct CombinedEstimator: GradientEstimator {
  /// The number that is added to both variances.
  package var varianceFloor: Double

  /// Makes an estimator.
  package init(varianceFloor: Double = 1e-8) { self.varianceFloor = varianceFloor }

  /// Perturbs every truncation anew.
  package var perturbation: Perturbation { .fresh }
  /// Needs back-propagation, for the reparameterization gradient.
  package var needsReverse: Bool { true }
  /// The fewest pairs of which there are variances.
  package var fewestPairs: Int { 2 }

  /// Returns the weighted mean of the samples, for each coordinate of θ.
  package func estimate(_ samples: [OuterGradientSample]) -> [Double] {
    zip(
      SampleMoments.ofCoordinates(\.reparameterization, samples),
      SampleMoments.ofCoordinates(\.evolutionStrategies, samples)
    ).map { exact, es in
      let weight = exact.weight(beside: es, varianceFloor: varianceFloor)
      // Where the weight is 0 the exact mean may be NaN, so it must not be multiplied.
      return weight == 0 ? es.mean : exact.mean * weight + es.mean * (1 - weight)
    }
  }
}
