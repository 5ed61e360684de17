/// What one truncation of an antithetic pair says of the smoothed outer-objective's gradient.
package struct OuterGradientSample: Sendable, Equatable {
  /// L(θ + ε) and L(θ − ε); L(θ) both where nothing is perturbed.
  package var lossPlus: Double
  package var lossMinus: Double
  /// The mean of ∇L over the members; empty where the estimator does not use it.
  package var reparameterization: [Float]
  /// (L(θ + ε) − L(θ − ε)) / (2σ²) times what the estimator counts as the perturbation; empty where it perturbs nothing.
  package var evolutionStrategies: [Float]

  /// - Parameter perturbation: ε of evolution strategies, the sum of the task's of persistent ones; empty: nothing was
  ///   perturbed.
  package init(lossPlus: Double, lossMinus: Double, reparameterization: [Float], perturbation: [Float], sigma: Float) {
    let slope = (lossPlus - lossMinus) / (2 * Double(sigma) * Double(sigma))
    self.init(
      lossPlus: lossPlus, lossMinus: lossMinus, reparameterization: reparameterization,
      evolutionStrategies: perturbation.map { Float(slope * Double($0)) })
  }

  package init(lossPlus: Double, lossMinus: Double, reparameterization: [Float], evolutionStrategies: [Float]) {
    self.lossPlus = lossPlus
    self.lossMinus = lossMinus
    self.reparameterization = reparameterization
    self.evolutionStrategies = evolutionStrategies
  }

  /// The mean of L over the members.
  package var loss: Double { (lossPlus + lossMinus) / 2 }
}
