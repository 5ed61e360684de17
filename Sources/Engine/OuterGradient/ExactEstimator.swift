/// The mean of gradients by back-propagation: of L itself where nothing is perturbed, and else, by the
/// reparameterization θ + ε, of the smoothed L. A coordinate with a sample that is not finite is 0.
package struct ExactEstimator: GradientEstimator {
  package let perturbation: Perturbation
  package var needsReverse: Bool { true }
  package var fewestPairs: Int { 1 }

  /// - Parameter perturbation: none or fresh: what reaches a truncation's beginning from θ is not in its gradient.
  package init(perturbation: Perturbation) {
    precondition(!perturbation.separatesMembers)
    self.perturbation = perturbation
  }

  package func estimate(_ samples: [OuterGradientSample]) -> [Double] {
    SampleMoments.ofCoordinates(\.reparameterization, samples).map { $0.mean.isFinite ? $0.mean : 0 }
  }
}
