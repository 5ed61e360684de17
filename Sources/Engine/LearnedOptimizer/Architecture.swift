/// What the learned optimizer's network looks like: with θ, all that is needed to run it (method, section 1).
package struct Architecture: Codable, Hashable, Sendable {
  /// Inputs that can be switched off for an ablation; the gradient and the parameter's value always are inputs.
  package enum FeatureGroup: String, Codable, CaseIterable, Sendable {
    /// Momentum and normalized momentum.
    case momentum
    /// Normalized momentum, second moment and inverse RMS.
    case rms
    /// tanh(t/τ − 1).
    case time
  }

  /// Hidden layers of ReLU units; at least 1.
  package var hiddenLayers = 1
  /// Units of each hidden layer.
  package var hiddenUnits = 32
  /// The groups that are on.
  package var features = FeatureGroup.allCases
  /// Decays β of the momenta and of the second moments.
  package var betas: [Float] = [0.5, 0.9, 0.99, 0.999, 0.9999]
  /// τ of the time inputs, in inner steps.
  package var timeScales: [Float] = [3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 300_000]
  /// Scale λ₁ of the update u ← u − λ₁ d exp(λ₂ s).
  package var lambda1: Float = 0.001
  /// Scale λ₂ of the update's exponent.
  package var lambda2: Float = 0.001

  /// The paper's architecture.
  package init() {}

  /// Added to a tensor's mean square before the root that normalizes an input.
  static let normalizationEpsilon: Float = 1e-5
  /// Added to a second moment before its inverse root.
  static let inverseRMSEpsilon: Float = 1e-6
}
