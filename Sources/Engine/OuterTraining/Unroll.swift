/// The outer-loss of one truncation, K inner steps with the learned optimizer, and its exact derivative by θ.
///
/// Back-propagation keeps the state at every ⌈√K⌉-th step and computes the others again, segment by segment from the
/// last: memory grows as √K, each step is replayed once. The inner gradient depends on the inner parameters, so each
/// step back takes one Hessian-vector product. For one thread.
public final class Unroll {
  public struct Result {
    /// The counted loss of each step.
    public var losses: [Float]
    /// Steps before the first that diverged (all K where none did): one whose loss, gradient or parameters are not
    /// finite. That one and those after it count the clip, with gradient 0.
    public var steps: Int
    /// dL/dθ; empty where it was not asked for.
    public var gradient: [Float]

    /// L: the mean of the losses.
    public var outerLoss: Double { losses.reduce(0) { $0 + Double($1) } / Double(losses.count) }
    public var diverged: Bool { steps < losses.count }
  }

  public let problem: any InnerProblem
  private let architecture: Architecture
  private let counted: CountedLoss
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
  /// After a run with `reverse`: the derivative of L by the state that it began with.
  let adjoint: InnerState
  /// The states at multiples of the segment's length, and the states within one segment and at its end.
  private var checkpoints: [InnerState] = []
  private var segment: [InnerState] = []

  /// - Parameter batch: images of every minibatch, fresh ones too.
  public init(problem: any InnerProblem, architecture: Architecture, batch: Int, counted: CountedLoss) {
    self.problem = problem
    self.architecture = architecture
    self.counted = counted
    evaluator = problem.makeEvaluator(batch: batch)
    update = LearnedUpdate(architecture: architecture, problem: problem.layout, reverse: true)
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
  ///   - inner: u, momenta and second moments [P + 2 β P]; becomes the state after the last step.
  ///   - firstStep: how many inner steps the task has behind it.
  ///   - reverse: whether the gradient is wanted.
  ///   - stop: looked at before every step; where set the result is nil and `inner` as it was.
  public func run(
    theta: [Float], inner: inout [Float], firstStep: Int, length: Int, images: any TaskImages, reverse: Bool,
    stop: StopFlag? = nil
  ) -> Result? {
    self.theta.assign(theta)
    state.buffer.assign(inner)
    let stride = max(1, Int(Double(length).squareRoot().rounded(.up)))
    var losses = [Float](repeating: counted.clip, count: length)
    var steps = length
    for step in 0..<length {
      if stop?.isSet == true { return nil }
      if reverse && step % stride == 0 { keepCheckpoint(step / stride) }
      guard let loss = forward(step: firstStep + step, images) else {
        steps = step
        break
      }
      losses[step] = loss
    }
    let last = state.buffer.array
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

  private func keepCheckpoint(_ index: Int) {
    if index == checkpoints.count { checkpoints.append(makeState()) }
    checkpoints[index].buffer.assign(state.buffer)
  }

  private func load(_ use: BatchUse, step: Int, _ images: any TaskImages) {
    images.fill(&batch, for: use, step: step)
    evaluator.load(batch)
  }

  /// One inner step of `state`; its counted loss, or nil where it diverged.
  private func forward(step: Int, _ images: any TaskImages) -> Float? {
    parameters.all.assign(state.parameters)
    load(.inner, step: step, images)
    let loss = evaluator.gradient(at: parameters, into: gradient, keeping: false)
    guard loss.isFinite, Kernels.current.allFinite(gradient.all) else { return nil }
    update.forward(theta: theta, step: step, before: state, gradient: gradient, after: state)
    guard Kernels.current.allFinite(state.parameters) else { return nil }
    if counted.freshBatches == 0 { return counted.clipped(loss) }
    parameters.all.assign(state.parameters)
    var sum = 0.0
    for index in 0..<counted.freshBatches {
      load(.outer(index: index, counted.objective), step: step, images)
      sum += Double(counted.clipped(evaluator.value(at: parameters)))
    }
    return Float(sum / Double(counted.freshBatches))
  }

  /// dL/dθ over the steps that did not diverge, or nil where stopped.
  private func backward(
    firstStep: Int, steps: Int, length: Int, stride: Int, _ images: any TaskImages, _ stop: StopFlag?
  ) -> [Double]? {
    adjoint.buffer.fill(0)
    var thetaAdjoint = [Double](repeating: 0, count: theta.count)
    while segment.count <= stride { segment.append(makeState()) }
    for start in Swift.stride(from: 0, to: steps, by: stride).reversed() {
      let end = min(start + stride, steps)
      segment[0].buffer.assign(checkpoints[start / stride].buffer)
      for step in start..<end {
        if stop?.isSet == true { return nil }
        replay(step: firstStep + step, from: segment[step - start], to: segment[step - start + 1], images)
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

  private func replay(step: Int, from before: InnerState, to after: InnerState, _ images: any TaskImages) {
    parameters.all.assign(before.parameters)
    load(.inner, step: step, images)
    _ = evaluator.gradient(at: parameters, into: gradient, keeping: false)
    update.forward(theta: theta, step: step, before: before, gradient: gradient, after: after)
  }

  /// Takes `adjoint` from after an inner step to before it. `share` is the step's weight in the outer-loss.
  private func backward(
    step: Int, before: InnerState, after: InnerState, share: Float, _ images: any TaskImages,
    _ thetaAdjoint: inout [Double]
  ) {
    let kernels = Kernels.current
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
    update.reverse(
      theta: theta, step: step, before: before, gradient: gradient, after: after, adjoint: adjoint,
      gradientAdjoint: gradientAdjoint, thetaAdjoint: &thetaAdjoint)
    if counted.freshBatches == 0 && counted.isCounted(loss) {
      kernels.addScaled(share, gradient.all, to: adjoint.parameters)
    }
    evaluator.hessianVectorProduct(at: parameters, vector: gradientAdjoint, into: product)
    kernels.addScaled(1, product.all, to: adjoint.parameters)
  }
}
