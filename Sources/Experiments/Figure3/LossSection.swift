import Engine

/// The outer-loss of a learned optimizer along one outer-parameter. The task, the initialisation and the minibatches
/// are the same for all of its values.
struct LossSection: Sendable {
  var instance: InnerInstance
  var architecture: Architecture
  var theta: [Float]
  /// The numbers of inner steps, ascending.
  var lengths: [Int]
  /// The number of fresh training batches on which the loss is measured after each step.
  var freshBatches: Int
  var seed: UInt64
  var kernels: Kernels

  private static let clip: Float = 10

  private func unroll(_ theta: [Float], length: Int, reverse: Bool) throws -> Unroll.Result {
    let unroll = Unroll(
      problem: instance.problem, architecture: architecture, batch: instance.batch,
      counted: CountedLoss(freshBatches: freshBatches, objective: .train, clip: Self.clip), kernels: kernels)
    var inner = instance.problem.initialParameters(seed: seed, index: 0)
    inner += [Float](repeating: 0, count: 2 * architecture.betas.count * inner.count)
    let result = unroll.run(
      theta: theta, inner: &inner, firstStep: 0, length: length, images: try instance.images(0), reverse: reverse)
    guard let result else { preconditionFailure("nobody stops it") }
    return result
  }

  /// Returns the outer-loss of each number of steps, with outer-parameter `index` changed by `offset`.
  func losses(outerParameter index: Int, offset: Double) throws -> [Double] {
    var theta = theta
    theta[index] += Float(offset)
    let losses = try unroll(theta, length: lengths[lengths.count - 1], reverse: false).losses
    return lengths.map { length in
      losses[..<length].reduce(0) { $0 + Double($1) } / Double(length)
    }
  }

  /// Returns the index of the outer-parameter in which the outer-loss of `length` steps is steepest.
  func steepestOuterParameter(length: Int) throws -> Int {
    let gradient = try unroll(theta, length: length, reverse: true).gradient
    return gradient.indices.max { abs(gradient[$0]) < abs(gradient[$1]) } ?? 0
  }
}
