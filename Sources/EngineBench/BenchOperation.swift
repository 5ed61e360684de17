import Engine

/// The operations of the engine that can be timed.
package enum BenchOperation: String, Codable, CaseIterable, Sendable {
  /// The loss of a batch.
  case value
  /// The loss of a batch and its gradient.
  case gradient
  /// The gradient and a Hessian-vector product at the same parameters.
  case gradientHVP = "gradient_hvp"
  /// The learned optimizer's update of all parameters.
  case update
  /// The reverse of the learned optimizer's update.
  case updateReverse = "update_reverse"
  /// A step of Adam on all parameters, to compare the update with.
  case adam
  /// An inner step of an unroll: a gradient and an update.
  case unrollForward = "unroll_forward"
  /// An inner step of an unroll with the outer-gradient.
  case unrollReverse = "unroll_reverse"

  /// Returns the multiply-adds of one operation, counting those of the networks alone.
  ///
  /// A Hessian-vector product computes the forward and the backward pass along a vector. Steps that an unroll with
  /// reverse replays, where its states do not fit, are not counted.
  /// - Parameter layers: returns the count of each layer for one image: the problem's `multiplyAdds`, or the executed
  ///   ones.
  func multiplyAdds(
    _ problem: any InnerProblem, _ architecture: Architecture, batch: Int,
    layers: (any InnerProblem) -> [Int] = { $0.multiplyAdds }
  ) -> Int {
    func total(_ operations: [BenchOperation]) -> Int {
      operations.reduce(0) { $0 + $1.multiplyAdds(problem, architecture, batch: batch, layers: layers) }
    }
    let counts = layers(problem)
    let all = counts.reduce(0, +) * batch
    // The first layer's derivative by the images is not computed.
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

  /// Whether the operation is an inner step, which is timed as a part of an unroll.
  var isUnroll: Bool { self == .unrollForward || self == .unrollReverse }
}
