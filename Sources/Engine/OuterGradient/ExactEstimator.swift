/// An estimator that takes the mean of gradients by back-propagation: of L itself where nothing is perturbed,
/// otherwise, by the reparameterization θ + ε, of the smoothed L
/// (Documentation/method.md#exact-and-reparameterization-gradients).
///
/// A coordinate with a sample that is not finite is 0.
package struct ExactEstimator: GradientEstimator {
  /// The way in which θ is perturbed: none or fresh.
  package let perturbation: Perturbation
  /// Needs back-propagation.
  package var needsReverse: Bool { true }
  /// Estimates from a single pair.
  package var fewestPairs: Int { 1 }

  /// Makes an estimator.
  /// - Parameter perturbation: none or fresh, as its gradient lacks what reaches a truncation's beginning from θ.
  package init(perturbation: Perturbation) {
    precondition(!perturbation.separatesMembers)
    self.perturbation = perturbation
  }

  /// Returns the mean of the samples, for each coordinate of θ.
  package func estimate(_ samples: [OuterGradientSample]) -> [Double] {
    SampleMoments.ofCoordinates(\.reparameterization, samples).map { $0.mean.isFinite ? $0.mean : 0 }
  }
}
