import Engine

/// The outer-loss of a learned optimizer as a function of θ alone: the task, the initialisation and the minibatches are
/// the same for all θ.
struct LossSection: Sendable {
  var instance: InnerInstance
  var architecture: Architecture
  /// The number of fresh training batches on which the loss is measured after each step.
  var freshBatches: Int
  var seed: UInt64
  var kernels: Kernels

  private static let clip: Float = 10

  /// Returns, for each θ, the outer-loss of each number of inner steps, which ascend: the mean over the steps.
  func losses(_ thetas: [[Float]], lengths: [Int]) throws -> [[Double]] {
    let unroll = unroll()
    let images = try instance.images(0)
    return thetas.map { theta in
      let losses = run(unroll, theta, length: lengths[lengths.count - 1], images, reverse: false).losses
      return lengths.map { length in losses[..<length].reduce(0) { $0 + Double($1) } / Double(length) }
    }
  }

  /// Returns the outer-gradient of `length` inner steps, by back-propagation.
  func gradient(_ theta: [Float], length: Int) throws -> [Float] {
    run(unroll(), theta, length: length, try instance.images(0), reverse: true).gradient
  }

  private func unroll() -> Unroll {
    Unroll(
      problem: instance.problem, architecture: architecture, batch: instance.batch,
      counted: CountedLoss(freshBatches: freshBatches, objective: .train, clip: Self.clip), kernels: kernels)
  }

  private func run(
    _ unroll: Unroll, _ theta: [Float], length: Int, _ images: any BatchSource, reverse: Bool
  ) -> Unroll.Result {
    var inner = instance.problem.initialParameters(seed: seed, index: 0)
    inner += [Float](repeating: 0, count: 2 * architecture.betas.count * inner.count)
    let result = unroll.run(
      theta: theta, inner: &inner, firstStep: 0, length: length, images: images, reverse: reverse)
    guard let result else { preconditionFailure("nobody stops it") }
    return result
  }
}
