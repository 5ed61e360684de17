package import Engine
import Files
package import Snapshots

/// A case: one truncation that a file gives explicitly (Documentation/outer-gradient.md).
package struct OuterGradientCase: Sendable {
  let problem: any InnerProblem
  let architecture: Architecture
  let theta: [Float]
  /// The value at which the loss that a step goes down is clipped; nil where it is not.
  let lossClip: Float?
  /// The inner parameters, momenta and second moments before the first step: [P + 2 β P] for P parameters and β decays.
  let state: [Float]
  let length: Int
  let batches: GivenBatches

  /// Reads a case.
  ///
  /// - Parameter name: what an error calls the file.
  /// - Throws: ``TasksError`` for a tensor that is missing, unknown, of another type or shape than it must be, or out
  ///   of range.
  package init(_ file: Safetensors, problem: any InnerProblem, name: String) throws {
    let reader = CaseReader(file: file, name: name)
    try reader.checkNames([
      "theta", "inner", "images", "labels", "momenta", "second_moments", "step", "outer_images", "outer_labels",
    ])
    try reader.checkPair("momenta", "second_moments")
    try reader.checkPair("outer_images", "outer_labels")
    self.problem = problem
    architecture = try Architecture(ofCase: file.metadata, name: name)
    lossClip = try reader.positive("inner_loss_clip")
    theta = try reader.floats("theta", shape: [architecture.layout.count])

    let count = problem.layout.count
    let moments = [architecture.betas.count, count]
    let inner = try reader.floats("inner", shape: [count])
    let zeros = [Float](repeating: 0, count: moments[0] * moments[1])
    let momenta = reader.has("momenta") ? try reader.floats("momenta", shape: moments) : zeros
    let secondMoments = reader.has("second_moments") ? try reader.floats("second_moments", shape: moments) : zeros
    state = inner + momenta + secondMoments

    let image = [problem.shape.height, problem.shape.width, problem.shape.channels]
    let sizes = try reader.leadingSizes("images", of: ["K", "B"], then: image)
    length = sizes[0]
    let fresh = reader.has("outer_images")
    let freshSizes =
      fresh ? try reader.leadingSizes("outer_images", of: ["K", "M", "B"], then: image) : [length, 0, sizes[1]]
    guard freshSizes[0] == sizes[0], freshSizes[2] == sizes[1] else {
      throw TasksError(
        .wrongCase, "\(name): outer_images has \(freshSizes) for K, M, B; K and B must be those of images: \(sizes)")
    }
    batches = GivenBatches(
      shape: problem.shape, batch: sizes[1], firstStep: try reader.step(), pixels: try reader.bytes("images"),
      labels: try reader.labels("labels", shape: sizes, classes: problem.classes), freshBatches: freshSizes[1],
      freshPixels: fresh ? try reader.bytes("outer_images") : [],
      freshLabels: fresh ? try reader.labels("outer_labels", shape: freshSizes, classes: problem.classes) : [])
  }

  /// Runs the truncation and returns a file with the losses, the outer-loss, its gradient and the last state.
  package func result(kernels: Kernels) -> Safetensors {
    let unroll = Unroll(
      problem: problem, architecture: architecture, batch: batches.batch,
      counted: CountedLoss(
        freshBatches: batches.freshBatches, objective: .train, clip: OuterSettings.small.lossClip),
      lossClip: lossClip, kernels: kernels)
    var state = state
    // Without a stop flag a run always has a result.
    let result = unroll.run(
      theta: theta, inner: &state, firstStep: batches.firstStep, length: length, images: batches, reverse: true)
    let count = problem.layout.count
    let betas = architecture.betas.count
    func vector(_ values: [Float]) -> Safetensors.Tensor { .init(shape: [values.count], .float32(values)) }
    func moments(from row: Int) -> Safetensors.Tensor {
      .init(shape: [betas, count], .float32(Array(state[row * count..<(row + betas) * count])))
    }
    return Safetensors(tensors: [
      "losses": vector(result?.losses ?? []),
      "outer_loss": .init(shape: [], .float32([Float(result?.outerLoss ?? .nan)])),
      "gradient": vector(result?.gradient ?? []),
      "inner": vector(Array(state[..<count])),
      "momenta": moments(from: 1),
      "second_moments": moments(from: 1 + betas),
    ])
  }
}
