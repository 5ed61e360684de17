/// What one truncation of an antithetic pair says of the smoothed outer-objective's gradient.
public struct OuterGradientSample: Sendable, Equatable {
  /// L(θ + ε) and L(θ − ε); L(θ) both where nothing is perturbed.
  public var lossPlus: Double
  public var lossMinus: Double
  /// The mean of ∇L over the members; empty where the estimator does not use it.
  public var reparameterization: [Float]
  /// (L(θ + ε) − L(θ − ε)) / (2σ²) times what the estimator counts as the perturbation; empty where it perturbs nothing.
  public var evolutionStrategies: [Float]

  /// - Parameter perturbation: ε of evolution strategies, the sum of the task's of persistent ones; empty: nothing was
  ///   perturbed.
  public init(lossPlus: Double, lossMinus: Double, reparameterization: [Float], perturbation: [Float], sigma: Float) {
    let slope = (lossPlus - lossMinus) / (2 * Double(sigma) * Double(sigma))
    self.init(
      lossPlus: lossPlus, lossMinus: lossMinus, reparameterization: reparameterization,
      evolutionStrategies: perturbation.map { Float(slope * Double($0)) })
  }

  public init(lossPlus: Double, lossMinus: Double, reparameterization: [Float], evolutionStrategies: [Float]) {
    self.lossPlus = lossPlus
    self.lossMinus = lossMinus
    self.reparameterization = reparameterization
    self.evolutionStrategies = evolutionStrategies
  }

  /// The mean of L over the members.
  public var loss: Double { (lossPlus + lossMinus) / 2 }
}
