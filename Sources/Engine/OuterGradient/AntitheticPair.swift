import Randomness

/// A worker's two members at θ + ε and θ − ε, which run the truncations of a task as the estimator wants it
/// (Documentation/method.md#estimators-of-the-outer-gradient).
struct AntitheticPair {
  /// The result of one truncation of both members.
  struct Truncation {
    /// The worker after the truncation; at the end of its task where a member diverged.
    var next: Worker
    /// The truncation's sample of the outer-gradient.
    var sample: OuterGradientSample
    /// The number of inner steps that both members did.
    var innerSteps: Int
    /// Whether a member diverged.
    var diverged: Bool
  }

  let estimator: any GradientEstimator
  let sigma: Float
  let seed: UInt64
  let worker: Int

  /// Returns the random numbers of a worker's next truncation. They are new, as no step of a task is run twice.
  func stream(_ purpose: RandomStream.Purpose, of state: Worker) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, UInt64(worker), UInt64(state.draws), UInt64(state.step))
  }

  /// Runs one truncation of `length` inner steps.
  ///
  /// - Parameter unroll: runs a member with its θ and turns `inner` into the state after the last step; nil where
  ///   stopped.
  /// - Returns: nil where stopped.
  func truncation(
    of state: Worker, length: Int, theta: [Float],
    unroll: (_ theta: [Float], _ inner: inout [Float]) -> Unroll.Result?
  ) -> Truncation? {
    var next = state
    next.step += length
    let perturbation = perturbation(count: theta.count, of: state)
    next.other = []
    guard let plus = unroll(zip(theta, perturbation).map { $0 + $1 }, &next.inner) else { return nil }
    var minus = plus
    if estimator.perturbation != .none {
      var other = state.other.isEmpty ? state.inner : state.other
      guard let result = unroll(zip(theta, perturbation).map { $0 - $1 }, &other) else { return nil }
      minus = result
      if estimator.perturbation.separatesMembers { next.other = other }
    }
    var counted = estimator.perturbation == .none ? [] : perturbation
    next.perturbation = []
    if estimator.perturbation == .accumulated {
      if !state.perturbation.isEmpty { counted = zip(state.perturbation, perturbation).map { $0 + $1 } }
      next.perturbation = counted
    }
    let diverged = plus.diverged || minus.diverged
    if diverged { next.step = next.life }
    return Truncation(
      next: next,
      sample: OuterGradientSample(
        lossPlus: plus.outerLoss, lossMinus: minus.outerLoss,
        reparameterization: zip(plus.gradient, minus.gradient).map { ($0 + $1) / 2 }, perturbation: counted,
        sigma: sigma),
      innerSteps: plus.steps + (estimator.perturbation == .none ? 0 : minus.steps), diverged: diverged)
  }

  /// Returns ε of the next truncation: σ times standard normal numbers, or zeros.
  private func perturbation(count: Int, of state: Worker) -> [Float] {
    var random: RandomStream
    switch estimator.perturbation {
    case .none: return Array(repeating: 0, count: count)
    case .fresh, .accumulated: random = stream(.perturbation, of: state)
    case .reused: random = RandomStream(seed: seed, purpose: .perturbation, UInt64(worker), UInt64(state.draws))
    }
    return random.normals(count).map { $0 * sigma }
  }
}
