package import Threads

/// The outer-loss of one truncation, K inner steps with the learned optimizer, and its exact derivative by θ
/// (Documentation/method.md#derivative-of-the-outer-loss).
///
/// Back-propagation keeps the state at the beginning of each segment, and all states of one segment. A segment is ⌈√K⌉
/// steps, or as many as fit into a given memory. The last segment's states are there when the forward pass ends. Those
/// of the others are computed again, from the last to the first. So memory grows as √K, a step is replayed at most
/// once, and in short unrolls none is. The inner gradient depends on the inner parameters, so each step back takes one
/// Hessian-vector product. An object is for one thread.
package final class Unroll {
  /// The result of a truncation.
  package struct Result {
    /// The counted loss of each step, [K].
    package var losses: [Float]
    /// The number of steps before the first that diverged; K where none did.
    ///
    /// A step diverges whose loss, gradient or parameters are not finite (Documentation/method.md#divergence). It and
    /// those after it count the clip, with gradient 0.
    package var steps: Int
    /// The derivative dL/dθ; empty where it was not asked for.
    package var gradient: [Float]

    /// The outer-loss L: the mean of the counted losses.
    package var outerLoss: Double { losses.reduce(0) { $0 + Double($1) } / Double(losses.count) }
    /// Whether a step diverged.
    package var diverged: Bool { steps < losses.count }
  }

  /// The problem that is trained.
  package let problem: any InnerProblem
  private let kernels: Kernels
  private let architecture: Architecture
  private let counted: CountedLoss
  private let lossClip: Float?
  private let evaluator: any InnerEvaluator
  private let update: LearnedUpdate
  private var batch: Batch

  private let theta: FloatBuffer
  private let gradient: FloatBuffer
  private let gradientAdjoint: FloatBuffer
  private let product: FloatBuffer
  private let parameters: FloatBuffer
  /// The state that a run begins with, and ends with.
  private let state: InnerState
  /// The derivative of L by the state that a run began with. It is set by a run with `reverse`.
  let adjoint: InnerState
  private let segmentBytes: Int
  /// The bytes of a segment's states that are kept in any case: a little more than 100 states of `conv3x32`, the
  /// segment of 10,000 steps.
  package static let defaultSegmentBytes = 88 << 20
  /// The states at multiples of the segment's length.
  private var checkpoints: [InnerState] = []
  /// The states within one segment and at its end.
  private var segment: [InnerState] = []
  var statesKept: Int { checkpoints.count + segment.count }

  /// Allocates the memory for a problem.
  /// - Parameters:
  ///   - batch: the number of images of every minibatch, fresh ones too.
  ///   - counted: the loss that each step counts.
  ///   - lossClip: the value at which the loss that a step goes down is clipped; nil where it is not.
  ///   - segmentBytes: the bytes that the states of a segment may take in any case.
  package init(
    problem: any InnerProblem, architecture: Architecture, batch: Int, counted: CountedLoss, lossClip: Float? = nil,
    kernels: Kernels, segmentBytes: Int = Unroll.defaultSegmentBytes
  ) {
    self.segmentBytes = segmentBytes
    self.problem = problem
    self.kernels = kernels
    self.architecture = architecture
    self.counted = counted
    self.lossClip = lossClip
    evaluator = problem.makeEvaluator(batch: batch, kernels: kernels)
    update = LearnedUpdate(architecture: architecture, problem: problem.layout, reverse: true, kernels: kernels)
    self.batch = Batch(size: batch, shape: problem.shape)
    theta = FloatBuffer(architecture.layout.count)
    let count = problem.layout.count
    gradient = FloatBuffer(count)
    gradientAdjoint = FloatBuffer(count)
    product = FloatBuffer(count)
    parameters = FloatBuffer(count)
    state = InnerState(count: count, betas: architecture.betas.count)
    adjoint = InnerState(count: count, betas: architecture.betas.count)
  }

  private func makeState() -> InnerState {
    InnerState(count: problem.layout.count, betas: architecture.betas.count)
  }

  /// Unrolls `length` inner steps.
  ///
  /// - Parameters:
  ///   - theta: the outer-parameters, flat.
  ///   - inner: u, momenta and second moments, [P + 2 β P]; becomes the state after the last step.
  ///   - firstStep: the number of inner steps that the task has behind it.
  ///   - images: the task's minibatches.
  ///   - reverse: whether the gradient is wanted.
  ///   - stop: ends the run before its next step.
  /// - Returns: nil where stopped; `inner` is as it was then.
  package func run(
    theta: [Float], inner: inout [Float], firstStep: Int, length: Int, images: any BatchSource, reverse: Bool,
    stop: StopFlag? = nil
  ) -> Result? {
    self.theta.assign(theta)
    state.buffer.assign(inner)
    let stride = segmentLength(length)
    if reverse { while segment.count <= stride { segment.append(makeState()) } }
    var losses = [Float](repeating: counted.clip, count: length)
    var steps = length
    var current = state
    for step in 0..<length {
      if stop?.isSet == true { return nil }
      let place = step % stride
      if reverse && place == 0 { current = beginSegment(step / stride, at: current) }
      let after = reverse ? segment[place + 1] : state
      guard let loss = forward(step: firstStep + step, from: current, to: after, images) else {
        steps = step
        break
      }
      losses[step] = loss
      current = after
    }
    let last = current.buffer.array
    var thetaAdjoint: [Double] = []
    if reverse {
      guard
        let adjoint = backward(
          firstStep: firstStep, steps: steps, length: length, stride: stride, images, stop)
      else { return nil }
      thetaAdjoint = adjoint
    }
    inner = last
    return Result(losses: losses, steps: steps, gradient: thetaAdjoint.map { Float($0) })
  }

  private func segmentLength(_ length: Int) -> Int {
    let root = Int(Double(length).squareRoot().rounded(.up))
    let bytes = MemoryLayout<Float>.stride * state.buffer.count
    return max(1, root, min(length, segmentBytes / bytes))
  }

  /// Keeps the state at the beginning of a segment, and returns the state to go on from.
  private func beginSegment(_ index: Int, at current: InnerState) -> InnerState {
    if index == checkpoints.count { checkpoints.append(makeState()) }
    checkpoints[index].buffer.assign(current.buffer)
    segment[0].buffer.assign(current.buffer)
    return segment[0]
  }

  private func load(_ use: BatchUse, step: Int, _ images: any BatchSource) {
    images.fill(&batch, for: use, step: step)
    evaluator.load(batch)
  }

  /// Does one inner step and returns its counted loss; nil where it diverged. `after` may be `before`.
  private func forward(step: Int, from before: InnerState, to after: InnerState, _ images: any BatchSource) -> Float? {
    let loss = innerGradient(step: step, before, images)
    guard loss.isFinite, kernels.allFinite(gradient.all) else { return nil }
    update.forward(theta: theta, step: step, before: before, gradient: gradient, after: after)
    guard kernels.allFinite(after.parameters) else { return nil }
    if counted.freshBatches == 0 { return counted.clipped(loss) }
    parameters.all.assign(after.parameters)
    var sum = 0.0
    for index in 0..<counted.freshBatches {
      load(.outer(index: index, counted.objective), step: step, images)
      sum += Double(counted.clipped(evaluator.value(at: parameters)))
    }
    return Float(sum / Double(counted.freshBatches))
  }

  /// Returns the loss of the step's own minibatch, and writes the gradient of that loss, clipped, to `gradient`.
  private func innerGradient(step: Int, _ before: InnerState, _ images: any BatchSource) -> Float {
    parameters.all.assign(before.parameters)
    load(.inner, step: step, images)
    let loss = evaluator.gradient(at: parameters, into: gradient, keeping: false)
    if isClipped(loss) { gradient.fill(0) }
    return loss
  }

  /// Returns whether the loss that a step goes down is clipped, so that its gradient is 0.
  private func isClipped(_ loss: Float) -> Bool { lossClip.map { loss >= $0 } ?? false }

  /// Returns dL/dθ over the steps that did not diverge; nil where stopped.
  private func backward(
    firstStep: Int, steps: Int, length: Int, stride: Int, _ images: any BatchSource, _ stop: StopFlag?
  ) -> [Double]? {
    adjoint.buffer.fill(0)
    var thetaAdjoint = [Double](repeating: 0, count: theta.count)
    // A step that diverged may have left its state in the segment that it began.
    let lastBegun = min(steps, length - 1) / stride
    for start in Swift.stride(from: 0, to: steps, by: stride).reversed() {
      let end = min(start + stride, steps)
      segment[0].buffer.assign(checkpoints[start / stride].buffer)
      if start / stride < lastBegun {
        for step in start..<end {
          if stop?.isSet == true { return nil }
          replay(step: firstStep + step, from: segment[step - start], to: segment[step - start + 1], images)
        }
      }
      for step in (start..<end).reversed() {
        if stop?.isSet == true { return nil }
        backward(
          step: firstStep + step, before: segment[step - start], after: segment[step - start + 1],
          share: 1 / Float(length), images, &thetaAdjoint)
      }
    }
    return thetaAdjoint
  }

  private func replay(step: Int, from before: InnerState, to after: InnerState, _ images: any BatchSource) {
    _ = innerGradient(step: step, before, images)
    update.forward(theta: theta, step: step, before: before, gradient: gradient, after: after)
  }

  /// Takes `adjoint` from after an inner step to before it, and adds to the adjoint of θ.
  /// - Parameter share: the step's weight in the outer-loss.
  private func backward(
    step: Int, before: InnerState, after: InnerState, share: Float, _ images: any BatchSource,
    _ thetaAdjoint: inout [Double]
  ) {
    if counted.freshBatches > 0 {
      parameters.all.assign(after.parameters)
      for index in 0..<counted.freshBatches {
        load(.outer(index: index, counted.objective), step: step, images)
        guard counted.isCounted(evaluator.gradient(at: parameters, into: gradient, keeping: false)) else { continue }
        kernels.addScaled(share / Float(counted.freshBatches), gradient.all, to: adjoint.parameters)
      }
    }
    parameters.all.assign(before.parameters)
    load(.inner, step: step, images)
    let loss = evaluator.gradient(at: parameters, into: gradient)
    let isClipped = isClipped(loss)
    if isClipped {
      product.all.assign(gradient.all)
      gradient.fill(0)
    }
    update.reverse(
      theta: theta, step: step, before: before, gradient: gradient, after: after, adjoint: adjoint,
      gradientAdjoint: gradientAdjoint, thetaAdjoint: &thetaAdjoint)
    if counted.freshBatches == 0 && counted.isCounted(loss) {
      kernels.addScaled(share, isClipped ? product.all : gradient.all, to: adjoint.parameters)
    }
    // Where the loss is clipped its second derivative is 0, too.
    if isClipped { return }
    evaluator.hessianVectorProduct(at: parameters, vector: gradientAdjoint, into: product)
    kernels.addScaled(1, product.all, to: adjoint.parameters)
  }
}
