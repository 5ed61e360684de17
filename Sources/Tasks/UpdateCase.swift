package import Engine
package import Snapshots

/// A case of updates: parameters, and the gradients of some steps, that a file gives explicitly
/// (Documentation/embedding.md#checking-an-implementation).
package struct UpdateCase: Sendable {
  /// A tensor of parameters with its gradients.
  private struct Piece {
    var name: String
    var shape: [Int]
    var parameters: [Float]
    /// The gradients, [K, …shape].
    var gradients: [Float]

    var count: Int { parameters.count }
  }

  private static let parameters = "parameters."
  private static let gradients = "gradients."

  private let pieces: [Piece]
  private let steps: Int
  /// The factor of every update.
  private let stepScale: Float

  /// Reads a case.
  ///
  /// - Parameter name: what an error calls the file.
  /// - Throws: ``TasksError`` for a tensor that is unknown, lacks its counterpart, is not float32, or has a shape that
  ///   does not fit the others'.
  package init(_ file: Safetensors, name: String) throws {
    let reader = CaseReader(file: file, name: name)
    let keys = file.tensors.keys.sorted()
    let names = keys.filter { $0.hasPrefix(Self.parameters) }.map { String($0.dropFirst(Self.parameters.count)) }
    guard let first = names.first else { throw reader.error("has no tensor \(Self.parameters)NAME") }
    try reader.checkNames(names.flatMap { [Self.parameters + $0, Self.gradients + $0] })
    for name in names { try reader.checkPair(Self.parameters + name, Self.gradients + name) }
    let steps = file.tensors[Self.gradients + first]?.shape.first ?? 0
    guard steps > 0 else {
      throw reader.error("\(Self.gradients)\(first) must have shape [steps, …], one step or more")
    }
    self.steps = steps
    stepScale = try reader.positive("step_scale") ?? 1
    pieces = try names.map { name in
      let shape = file.tensors[Self.parameters + name]?.shape ?? []
      return Piece(
        name: name, shape: shape, parameters: try reader.floats(Self.parameters + name, shape: shape),
        gradients: try reader.floats(Self.gradients + name, shape: [steps] + shape))
    }
  }

  /// Does the steps with a learned optimizer, and returns the parameters and moments after them as a file.
  package func result(of snapshot: RunnableSnapshot, kernels: Kernels) -> Safetensors {
    let layout = ParameterLayout(pieces.map { ($0.name, $0.shape) })
    let optimizer = LearnedOptimizer(
      theta: snapshot.theta, architecture: snapshot.architecture, problem: layout, kernels: kernels)
    let parameters = FloatBuffer(pieces.flatMap(\.parameters))
    let gradient = FloatBuffer(layout.count)
    for step in 0..<steps {
      gradient.assign(pieces.flatMap { $0.gradients[step * $0.count..<(step + 1) * $0.count] })
      optimizer.update(parameters, gradient: gradient, scale: stepScale)
    }
    let after = parameters.array
    let betas = snapshot.architecture.betas.count
    var tensors: [String: Safetensors.Tensor] = [:]
    for (piece, tensor) in zip(pieces, layout.tensors) {
      let shape = [betas] + piece.shape
      tensors[Self.parameters + piece.name] = .init(shape: piece.shape, .float32(Array(after[tensor.range])))
      tensors["momenta." + piece.name] = .init(shape: shape, .float32(optimizer.momenta(of: tensor)))
      tensors["second_moments." + piece.name] = .init(shape: shape, .float32(optimizer.secondMoments(of: tensor)))
    }
    return Safetensors(metadata: ["instruction_set": kernels.title], tensors: tensors)
  }
}
