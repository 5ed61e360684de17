import Randomness

/// A worker's two members at θ + ε and θ − ε, which run the truncations of a task as the estimator wants it
/// (Documentation/method.md#estimators-of-the-outer-gradient).
struct AntitheticPair {
  /// The result of one truncation of both members.
  struct Truncation {
    /// The worker after the truncation; at the end of its task where no member goes on, or one may not alone.
    var next: Worker
    /// The truncation's sample of the outer-gradient.
    var sample: OuterGradientSample
    /// The number of inner steps that both members did.
    var innerSteps: Int
    /// Whether a member diverged in it.
    var diverged: Bool
  }

  let estimator: any GradientEstimator
  let sigma: Float
  let seed: UInt64
  let worker: Int
  /// The loss that each step counts of a member that has diverged in an earlier truncation of the task; nil where a task
  /// ends when a member diverges.
  var divergedLoss: Float?

  /// Returns the random numbers of a worker's next truncation. They are new, as no step of a task is run twice.
  func stream(_ purpose: RandomStream.Purpose, of state: Worker) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, UInt64(worker), UInt64(state.draws), UInt64(state.step))
  }

  /// Runs one truncation of `length` inner steps.
  ///
  /// - Parameters:
  ///   - weight: the factor of the sample's gradients.
  ///   - unroll: runs a member with its θ and turns `inner` into the state after the last step; nil where stopped.
  /// - Returns: nil where stopped.
  func truncation(
    of state: Worker, length: Int, weight: Double = 1, theta: [Float],
    unroll: (_ theta: [Float], _ inner: inout [Float]) -> Unroll.Result?
  ) -> Truncation? {
    var next = state
    next.step += length
    // A perturbation that is reused keeps the σ with which it began.
    let sigma = estimator.perturbation == .reused ? state.sigma ?? sigma : sigma
    next.sigma = sigma
    let perturbation = perturbation(count: theta.count, sigma: sigma, of: state)
    let lost = divergedLoss == nil || !estimator.perturbation.separatesMembers ? nil : state.diverged
    /// Runs a member; one that has diverged before computes nothing.
    func run(_ member: Worker.Member, at theta: [Float], _ inner: inout [Float]) -> Unroll.Result? {
      guard let divergedLoss, lost == member else { return unroll(theta, &inner) }
      return Unroll.Result(losses: Array(repeating: divergedLoss, count: length), steps: 0, gradient: [])
    }
    next.other = []
    guard let plus = run(.plus, at: zip(theta, perturbation).map { $0 + $1 }, &next.inner) else { return nil }
    var minus = plus
    if estimator.perturbation != .none {
      var other = state.other.isEmpty ? state.inner : state.other
      guard let result = run(.minus, at: zip(theta, perturbation).map { $0 - $1 }, &other) else { return nil }
      minus = result
      if estimator.perturbation.separatesMembers { next.other = other }
    }
    var counted = estimator.perturbation == .none ? [] : perturbation
    next.perturbation = []
    if estimator.perturbation == .accumulated {
      if !state.perturbation.isEmpty {
        let history = Self.history(of: state, scaledTo: sigma)
        counted = zip(history, perturbation).map { $0 + $1 }
      }
      next.perturbation = counted
    }
    next.diverged = nil
    if plus.diverged || minus.diverged {
      if !mayGoOn(plus, minus) {
        next.step = next.life
      } else if estimator.perturbation.separatesMembers {
        next.diverged = plus.diverged ? .plus : .minus
      }
    }
    return Truncation(
      next: next,
      sample: OuterGradientSample(
        lossPlus: plus.outerLoss, lossMinus: minus.outerLoss,
        reparameterization: zip(plus.gradient, minus.gradient).map { ($0 + $1) / 2 }, perturbation: counted,
        sigma: sigma, weight: weight),
      innerSteps: plus.steps + (estimator.perturbation == .none ? 0 : minus.steps),
      diverged: plus.diverged && lost != .plus || minus.diverged && lost != .minus)
  }

  /// Returns whether the task goes on after a truncation in which a member has diverged, or which it began so.
  ///
  /// Where both have, they count the same from there on, and have nothing more to say.
  private func mayGoOn(_ plus: Unroll.Result, _ minus: Unroll.Result) -> Bool {
    guard divergedLoss != nil else { return false }
    return !plus.diverged || estimator.perturbation.separatesMembers && !minus.diverged
  }

  /// Returns the sum of a task's perturbations, of which each is divided by the square of the σ that it was drawn with,
  /// times the square of the σ of now.
  private static func history(of state: Worker, scaledTo sigma: Float) -> [Float] {
    guard let old = state.sigma, old != sigma else { return state.perturbation }
    let ratio = Double(sigma) / Double(old)
    return state.perturbation.map { Float(ratio * ratio * Double($0)) }
  }

  /// Returns ε of the next truncation: σ times standard normal numbers, or zeros.
  private func perturbation(count: Int, sigma: Float, of state: Worker) -> [Float] {
    var random: RandomStream
    switch estimator.perturbation {
    case .none: return Array(repeating: 0, count: count)
    case .fresh, .accumulated: random = stream(.perturbation, of: state)
    case .reused: random = RandomStream(seed: seed, purpose: .perturbation, UInt64(worker), UInt64(state.draws))
    }
    return random.normals(count).map { $0 * sigma }
  }
}
