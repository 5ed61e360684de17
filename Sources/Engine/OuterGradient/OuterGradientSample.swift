/// A sample: what one truncation of an antithetic pair says about the smoothed outer-objective's gradient.
package struct OuterGradientSample: Sendable, Equatable {
  /// The outer-loss L(θ + ε); L(θ) where nothing is perturbed.
  package var lossPlus: Double
  /// The outer-loss L(θ − ε); L(θ) where nothing is perturbed.
  package var lossMinus: Double
  /// The mean of ∇L over the members times the sample's weight, one number for each coordinate of θ; empty where the
  /// estimator does not use it.
  package var reparameterization: [Float]
  /// The estimate of evolution strategies, one number for each coordinate of θ; empty where nothing is perturbed.
  ///
  /// It is (L(θ + ε) − L(θ − ε)) / (2σ²) times the perturbation that the estimator counts, and the sample's weight.
  package var evolutionStrategies: [Float]

  /// Makes the sample of two losses.
  /// - Parameter perturbation: the perturbation that counts: ε, or the sum of the task's for persistent evolution
  ///   strategies; empty where nothing was perturbed.
  /// - Parameter weight: the factor of both gradients. The losses stay as they are.
  package init(
    lossPlus: Double, lossMinus: Double, reparameterization: [Float], perturbation: [Float], sigma: Float,
    weight: Double = 1
  ) {
    let slope = weight * ((lossPlus - lossMinus) / (2 * Double(sigma) * Double(sigma)))
    self.init(
      lossPlus: lossPlus, lossMinus: lossMinus,
      reparameterization: reparameterization.map { Float(weight * Double($0)) },
      evolutionStrategies: perturbation.map { Float(slope * Double($0)) })
  }

  /// Restores a stored sample.
  package init(lossPlus: Double, lossMinus: Double, reparameterization: [Float], evolutionStrategies: [Float]) {
    self.lossPlus = lossPlus
    self.lossMinus = lossMinus
    self.reparameterization = reparameterization
    self.evolutionStrategies = evolutionStrategies
  }

  /// The mean of L over the members.
  package var loss: Double { (lossPlus + lossMinus) / 2 }
}
