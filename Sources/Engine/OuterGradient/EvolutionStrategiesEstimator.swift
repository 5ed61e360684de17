/// The mean of the samples' evolution strategies, which need no derivative.
///
/// With fresh perturbations it sees what θ does within a truncation. Two that see what θ did in the truncations before,
/// too, without a bias: accumulated ones are persistent evolution strategies (Vicol, Metz, Sohl-Dickstein 2021), whose
/// variance grows with the number of truncations of a task; reused ones are noise-reuse evolution strategies (Li,
/// Vicol, Metz 2023).
package struct EvolutionStrategiesEstimator: GradientEstimator {
  package let perturbation: Perturbation
  package var needsReverse: Bool { false }
  package var fewestPairs: Int { 1 }

  package init(perturbation: Perturbation) {
    precondition(perturbation != .none)
    self.perturbation = perturbation
  }

  package func estimate(_ samples: [OuterGradientSample]) -> [Double] {
    SampleMoments.ofCoordinates(\.evolutionStrategies, samples).map(\.mean)
  }
}
