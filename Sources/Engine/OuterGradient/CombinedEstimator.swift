/// Reparameterization and evolution strategies, weighted by inverse variance, coordinate by coordinate (method, section
/// 2).
///
/// The weights depend on the samples that they weigh, which biases the estimate; less with more pairs. Where a sample of
/// a coordinate's reparameterization gradient is not finite, evolution strategies alone count.
package struct CombinedEstimator: GradientEstimator {
  /// Added to both variances.
  package var varianceFloor: Double

  package init(varianceFloor: Double = 1e-8) { self.varianceFloor = varianceFloor }

  package var perturbation: Perturbation { .fresh }
  package var needsReverse: Bool { true }
  /// A variance needs two.
  package var fewestPairs: Int { 2 }

  package func estimate(_ samples: [OuterGradientSample]) -> [Double] {
    zip(
      SampleMoments.ofCoordinates(\.reparameterization, samples),
      SampleMoments.ofCoordinates(\.evolutionStrategies, samples)
    ).map { exact, es in
      let weight = exact.weight(beside: es, varianceFloor: varianceFloor)
      // Not a sum of products where the weight is 0: the mean of the exact ones may be NaN.
      return weight == 0 ? es.mean : exact.mean * weight + es.mean * (1 - weight)
    }
  }
}
