/// The mean of the samples' evolution strategies, which need no derivative.
///
/// With fresh perturbations it sees what θ does within a truncation. Two that see what θ did in the truncations before,
/// too, without a bias: accumulated ones are persistent evolution strategies (Vicol, Metz, Sohl-Dickstein 2021), whose
/// variance grows with the number of truncations of a task; reused ones are noise-reuse evolution strategies (Li,
/// Vicol, Metz 2023).
public struct EvolutionStrategiesEstimator: GradientEstimator {
  public let perturbation: Perturbation
  public var needsReverse: Bool { false }
  public var fewestPairs: Int { 1 }

  public init(perturbation: Perturbation) {
    precondition(perturbation != .none)
    self.perturbation = perturbation
  }

  public func estimate(_ samples: [OuterGradientSample]) -> [Double] {
    SampleMoments.ofCoordinates(\.evolutionStrategies, samples).map(\.mean)
  }
}
