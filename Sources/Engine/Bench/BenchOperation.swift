/// What of the engine can be timed.
public enum BenchOperation: String, Codable, CaseIterable, Sendable {
  /// The loss of a batch.
  case value
  case gradient
  /// The gradient and a Hessian-vector product at the same parameters.
  case gradientHVP = "gradient_hvp"
  /// The learned optimizer's update of all parameters.
  case update
  /// Its reverse.
  case updateReverse = "update_reverse"
  /// An inner step of an unroll: a gradient and an update.
  case unrollForward = "unroll_forward"
  /// An inner step of an unroll with the outer-gradient.
  case unrollReverse = "unroll_reverse"

  /// The multiply-adds of one, those of the networks alone; a Hessian-vector product computes the forward and the
  /// backward pass along a vector, and an unroll with reverse computes each step twice before it goes back.
  func multiplyAdds(_ problem: any InnerProblem, _ architecture: Architecture, batch: Int) -> Int {
    let all = problem.multiplyAdds.reduce(0, +) * batch
    /// Without the derivative by the images.
    let inner = all - (problem.multiplyAdds.first ?? 0) * batch
    let network = architecture.network.weightCount * problem.layout.count
    return switch self {
    case .value: all
    case .gradient: 2 * all + inner
    case .gradientHVP: 2 * all + inner + 2 * (all + inner) + 2 * inner
    case .update: network
    case .updateReverse: 3 * network
    case .unrollForward: Self.total([.gradient, .update], problem, architecture, batch)
    case .unrollReverse:
      Self.total([.unrollForward, .unrollForward, .gradientHVP, .updateReverse], problem, architecture, batch)
    }
  }

  /// Whether it is an inner step, which is timed as a part of an unroll.
  var isUnroll: Bool { self == .unrollForward || self == .unrollReverse }

  private static func total(
    _ operations: [BenchOperation], _ problem: any InnerProblem, _ architecture: Architecture, _ batch: Int
  ) -> Int {
    operations.reduce(0) { $0 + $1.multiplyAdds(problem, architecture, batch: batch) }
  }
}
