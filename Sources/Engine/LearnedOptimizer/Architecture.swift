/// The architecture of the learned optimizer: with θ, all that is needed to run it
/// (Documentation/method.md#the-learned-optimizer).
package struct Architecture: Hashable, Sendable {
  /// The groups of inputs that can be switched off (Documentation/method.md#ablations). The gradient and the
  /// parameter's value always are inputs.
  package enum FeatureGroup: String, Codable, CaseIterable, Sendable {
    /// The inputs momentum and normalized momentum.
    case momentum
    /// The inputs normalized momentum, second moment and inverse RMS.
    case rms
    /// The time inputs tanh(t/τ − 1).
    case time
  }

  /// The number of hidden layers of ReLU units, at least 1.
  package var hiddenLayers = 1
  /// The number of units of each hidden layer.
  package var hiddenUnits = 32
  /// The groups of inputs that are on.
  package var features = FeatureGroup.allCases
  /// The decays β of the momenta and of the second moments.
  package var betas: [Float] = [0.5, 0.9, 0.99, 0.999, 0.9999]
  /// The scales τ of the time inputs, in inner steps.
  package var timeScales: [Float] = [3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 300_000]
  /// The scale λ₁ of the update u ← u − λ₁ d exp(λ₂ s), where d and s are the outputs of the network.
  package var lambda1: Float = 0.001
  /// The scale λ₂ in the exponent of the update: see ``lambda1``.
  package var lambda2: Float = 0.001
  /// The inner step from which on the time inputs stay as they are: they are tanh(min(t, this)/τ − 1). They never stop
  /// where it is nil.
  package var timeFrozenAt: Int?
  /// Whether a tensor's update is multiplied by ρ, the root mean square of its parameters
  /// (Documentation/method.md#scale-of-an-update).
  package var scaleByRms = false
  /// Whether the network gets normalized momentum, m · r, as it is. Its root mean square over the tensor, by which it is
  /// divided otherwise, falls where gradients are mostly noise (Documentation/method.md#normalisation).
  package var rawMomentum = false

  /// Makes the paper's architecture.
  package init() {}

  /// The number that is added to a second moment before its inverse root.
  static let inverseRMSEpsilon: Float = 1e-6
}
