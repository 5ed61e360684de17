import Engine
import Randomness

/// One operation on one problem, with all that it needs: the work of one thread.
final class BenchWork {
  /// The number of inner steps of an unroll that is timed.
  static let length = 20

  private let body: () -> Void

  init(_ operation: BenchOperation, _ problem: any InnerProblem, batch: Int, thread: Int, kernels: Kernels) {
    let architecture = Architecture()
    let theta = architecture.initialTheta(seed: 1)
    let images = NoiseImages(problem, batch: batch, seed: UInt64(thread))
    let parameters = problem.initialParameters(seed: 1, index: UInt64(thread))
    switch operation {
    case .value, .gradient, .gradientHVP:
      body = Self.derivatives(operation, problem, FloatBuffer(parameters), images.batches[0], kernels)
    case .update, .updateReverse:
      body = Self.update(
        problem, architecture, FloatBuffer(theta), parameters, kernels, reverse: operation == .updateReverse)
    case .adam:
      let adam = Adam(count: parameters.count, rate: 1e-3, kernels: kernels)
      let (trained, gradient) = (FloatBuffer(parameters), FloatBuffer(parameters))
      body = { adam.update(trained, gradient: gradient) }
    case .unrollForward, .unrollReverse:
      let unroll = Unroll(
        problem: problem, architecture: architecture, batch: batch,
        counted: CountedLoss(freshBatches: 0, objective: .train, clip: 10), kernels: kernels)
      let state = parameters + [Float](repeating: 0, count: 2 * architecture.betas.count * parameters.count)
      body = {
        var inner = state
        _ = unroll.run(
          theta: theta, inner: &inner, firstStep: 0, length: Self.length, images: images,
          reverse: operation == .unrollReverse)
      }
    }
  }

  func run() { body() }

  private static func derivatives(
    _ operation: BenchOperation, _ problem: any InnerProblem, _ parameters: FloatBuffer, _ batch: Batch,
    _ kernels: Kernels
  ) -> () -> Void {
    let evaluator = problem.makeEvaluator(batch: batch.labels.count, kernels: kernels)
    evaluator.load(batch)
    let gradient = FloatBuffer(parameters.count)
    let product = FloatBuffer(parameters.count)
    return switch operation {
    case .value: { _ = evaluator.value(at: parameters) }
    case .gradient: { _ = evaluator.gradient(at: parameters, into: gradient, keeping: false) }
    default:
      {
        _ = evaluator.gradient(at: parameters, into: gradient)
        evaluator.hessianVectorProduct(at: parameters, vector: gradient, into: product)
      }
    }
  }

  private static func update(
    _ problem: any InnerProblem, _ architecture: Architecture, _ theta: FloatBuffer, _ parameters: [Float],
    _ kernels: Kernels, reverse: Bool
  ) -> () -> Void {
    let update = LearnedUpdate(architecture: architecture, problem: problem.layout, reverse: reverse, kernels: kernels)
    let states = (0..<3).map { _ in InnerState(count: parameters.count, betas: architecture.betas.count) }
    var random = RandomStream(seed: 1, purpose: .bench)
    let gradient = FloatBuffer(random.normals(parameters.count))
    let gradientAdjoint = FloatBuffer(parameters.count)
    states[0].buffer.assign(parameters + [Float](repeating: 0, count: states[0].buffer.count - parameters.count))
    let forward = {
      update.forward(theta: theta, step: 0, before: states[0], gradient: gradient, after: states[1])
    }
    if !reverse { return forward }
    forward()
    var thetaAdjoint = [Double](repeating: 0, count: theta.count)
    return {
      states[2].buffer.assign(states[1].buffer)
      update.reverse(
        theta: theta, step: 0, before: states[0], gradient: gradient, after: states[1], adjoint: states[2],
        gradientAdjoint: gradientAdjoint, thetaAdjoint: &thetaAdjoint)
    }
  }
}

/// Batches of noise, ready to be copied, as the time that images take is not the engine's.
private struct NoiseImages: BatchSource {
  let shape: ImageShape
  let batches: [Batch]

  init(_ problem: any InnerProblem, batch: Int, seed: UInt64) {
    shape = problem.shape
    batches = (0..<8).map { index in
      var random = RandomStream(seed: seed, purpose: .bench, UInt64(index))
      var result = Batch(size: batch, shape: problem.shape)
      for i in result.pixels.indices { result.pixels[i] = Float(random.below(256)) / 255 }
      for i in result.labels.indices { result.labels[i] = Int32(random.below(problem.classes)) }
      return result
    }
  }

  func fill(_ batch: inout Batch, for use: BatchUse, step: Int) {
    let source = batches[step % batches.count]
    batch.pixels.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: source.pixels) }
    batch.labels.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: source.labels) }
  }
}
