@testable import Engine

/// The outer-loss of a truncation in Double: a plain function of θ and of the state that it begins with.
struct ReferenceTruncation {
  var problem: MLP
  var architecture: Architecture
  var images: any BatchSource
  /// Images of a minibatch.
  var batch: Int
  var counted: CountedLoss
  /// The value at which the loss that a step goes down is clipped.
  var lossClip: Float?
  /// Inner steps that the task has behind it.
  var firstStep: Int
  var length: Int

  /// The loss that every step counts, and the state after the last one.
  func run(theta: [Double], inner: [Double]) -> (losses: [Double], inner: [Double]) {
    let mlp = ReferenceMLP(problem)
    let optimizer = ReferenceOptimizer(architecture: architecture, theta: theta, layout: problem.layout)
    var state = ReferenceState(inner, betas: architecture.betas.count)
    var losses: [Double] = []
    for step in firstStep..<firstStep + length {
      let own = batch(for: .inner, step)
      let before = state.parameters
      let isClipped = lossClip.map { mlp.loss(before, own) >= Double($0) } ?? false
      let gradient = isClipped ? before.map { _ in 0 } : mlp.gradient(before, own)
      state = optimizer.step(state, gradient: gradient, t: step)
      let measured =
        counted.freshBatches == 0
        ? [mlp.loss(before, own)]
        : (0..<counted.freshBatches).map {
          mlp.loss(state.parameters, batch(for: .outer(index: $0, counted.objective), step))
        }
      losses.append(measured.reduce(0) { $0 + min($1, Double(counted.clip)) } / Double(measured.count))
    }
    return (losses, state.flat)
  }

  func outerLoss(theta: [Double], inner: [Double]) -> Double {
    run(theta: theta, inner: inner).losses.reduce(0, +) / Double(length)
  }

  private func batch(for use: BatchUse, _ step: Int) -> Batch {
    var filled = Batch(size: batch, shape: problem.shape)
    images.fill(&filled, for: use, step: step)
    return filled
  }
}
