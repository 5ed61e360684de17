import Randomness

/// A worker's members at θ + ε and θ − ε, as its estimator has them go through a task: truncation after truncation.
struct AntitheticPair {
  struct Truncation {
    /// The worker after it; at the end of its task where a member diverged.
    var next: Worker
    var sample: OuterGradientSample
    /// Of both members.
    var innerSteps: Int
    var diverged: Bool
  }

  let estimator: any GradientEstimator
  let sigma: Float
  let seed: UInt64
  let worker: Int

  /// The random numbers of a worker's next truncation: it never runs the same step of the same task twice.
  func stream(_ purpose: RandomStream.Purpose, of state: Worker) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, UInt64(worker), UInt64(state.draws), UInt64(state.step))
  }

  /// One truncation of `length` inner steps.
  ///
  /// - Parameter unroll: runs a member with its θ; `inner` becomes the state after the last step. Nil where stopped.
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

  /// ε of the next truncation.
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
