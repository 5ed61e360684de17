import Files

/// The inner problems by their names.
package enum InnerProblems {
  /// The paper's problems, in the order in which one is preferred for images of its shape.
  package static let all: [any InnerProblem] =
    [
      MLP(name: "mlp2x32", shape: mnist14, hidden: [32, 32]),
      MLP(name: "mlp3x128", shape: mnist14, hidden: [128, 128, 128]),
    ] + ["conv3x32", "conv3x128", "conv3x32-mnist", "conv6x32-mnist"].compactMap { ConvNet(named: $0) }

  private static let mnist14 = ImageShape(height: 14, width: 14, channels: 1)

  /// Returns the problem of a name of ``all``, or of one like `conv3x8@16`: see ``ConvNet/init(named:)``.
  /// - Throws: ``EngineError`` where there is none of that name.
  package static func named(_ name: String) throws -> any InnerProblem {
    if let problem = all.first(where: { $0.name == name }) ?? ConvNet(named: name) { return problem }
    throw EngineError(.unknownProblem, "unknown problem \(name); there are \(names)")
  }

  /// The names of ``all``, which shells offer.
  package static var listed: [String] { all.map(\.name) }

  /// The names that ``named(_:)`` knows, for messages.
  package static var names: String {
    all.map(\.name).joined(separator: ", ")
      + ", and convolutional ones of 3 or 6 layers, of other widths and square images like conv3x8@16, conv3x8-mnist@14"
  }

  /// Returns some problems that take images of a shape, first those of ``all``; none where no problem does.
  package static func examples(fitting shape: ImageShape) -> [any InnerProblem] {
    let size = shape.height
    let suffix = shape.channels == 1 ? "-mnist@\(size)" : "@\(size)"
    let convolutional = ["conv3x8", "conv3x32", "conv6x32"].compactMap { ConvNet(named: $0 + suffix) }
    return (fitting(shape) + convolutional).filter { $0.shape == shape }
  }

  /// Returns those of ``all`` that take images of a shape.
  package static func fitting(_ shape: ImageShape) -> [any InnerProblem] {
    all.filter { $0.shape == shape }
  }
}
