import Engine

/// What of the engine can be timed.
package enum BenchOperation: String, Codable, CaseIterable, Sendable {
  /// The loss of a batch.
  case value
  case gradient
  /// The gradient and a Hessian-vector product at the same parameters.
  case gradientHVP = "gradient_hvp"
  /// The learned optimizer's update of all parameters.
  case update
  /// Its reverse.
  case updateReverse = "update_reverse"
  /// A step of Adam on all parameters, to compare the update with.
  case adam
  /// An inner step of an unroll: a gradient and an update.
  case unrollForward = "unroll_forward"
  /// An inner step of an unroll with the outer-gradient.
  case unrollReverse = "unroll_reverse"

  /// The multiply-adds of one, those of the networks alone; a Hessian-vector product computes the forward and the
  /// backward pass along a vector. What an unroll with reverse replays, where its states do not fit, is not counted.
  ///
  /// - Parameter layers: which of each layer count, for one image: the problem's `multiplyAdds`, or the executed ones.
  func multiplyAdds(
    _ problem: any InnerProblem, _ architecture: Architecture, batch: Int,
    layers: (any InnerProblem) -> [Int] = { $0.multiplyAdds }
  ) -> Int {
    func total(_ operations: [BenchOperation]) -> Int {
      operations.reduce(0) { $0 + $1.multiplyAdds(problem, architecture, batch: batch, layers: layers) }
    }
    let counts = layers(problem)
    let all = counts.reduce(0, +) * batch
    /// Without the derivative by the images.
    let inner = all - (counts.first ?? 0) * batch
    let network = architecture.multiplyAdds * problem.layout.count
    return switch self {
    case .value: all
    case .gradient: 2 * all + inner
    case .gradientHVP: 2 * all + inner + 2 * (all + inner) + 2 * inner
    case .update: network
    case .updateReverse: 3 * network
    case .adam: 0
    case .unrollForward: total([.gradient, .update])
    case .unrollReverse: total([.unrollForward, .gradientHVP, .updateReverse])
    }
  }

  /// Whether it is an inner step, which is timed as a part of an unroll.
  var isUnroll: Bool { self == .unrollForward || self == .unrollReverse }
}
