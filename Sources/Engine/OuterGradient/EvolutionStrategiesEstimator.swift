/// An estimator that takes the mean of the samples' evolution strategies, which need no derivative
/// (Documentation/method.md#evolution-strategies).
///
/// With fresh perturbations it sees what θ does within a truncation. With the two others it also sees, without a bias,
/// what θ did in the truncations before. Accumulated perturbations are persistent evolution strategies (Vicol, Metz,
/// Sohl-Dickstein 2021), whose variance grows with the number of truncations of a task. Reused ones are noise-reuse
/// evolution strategies (Li, Harrison, Sohl-Dickstein, Smith, Metz 2023).
package struct EvolutionStrategiesEstimator: GradientEstimator {
  /// The way in which θ is perturbed, in some way.
  package let perturbation: Perturbation
  /// Needs no back-propagation.
  package var needsReverse: Bool { false }
  /// Estimates from a single pair.
  package var fewestPairs: Int { 1 }

  /// Makes an estimator.
  /// - Parameter perturbation: any but none.
  package init(perturbation: Perturbation) {
    precondition(perturbation != .none)
    self.perturbation = perturbation
  }

  /// Returns the mean of the samples, for each coordinate of θ.
  package func estimate(_ samples: [OuterGradientSample]) -> [Double] {
    SampleMoments.ofCoordinates(\.evolutionStrategies, samples).map(\.mean)
  }
}
