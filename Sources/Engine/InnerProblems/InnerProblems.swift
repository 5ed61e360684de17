import Files

/// The inner problems by their names.
package enum InnerProblems {
  /// The paper's problems, in the order in which one is preferred for images of its shape.
  package static let all: [any InnerProblem] =
    ["mlp2x32", "mlp3x128", "conv3x32", "conv3x128", "conv3x32-mnist", "conv6x32-mnist"].compactMap(made)

  /// Returns the problem of a name of ``all``, or of one like `conv3x8@16` or `mlp2x32@16`: see ``ConvNet/init(named:)``
  /// and ``MLP/init(named:)``.
  /// - Throws: ``EngineError`` where there is none of that name.
  package static func named(_ name: String) throws -> any InnerProblem {
    if let problem = all.first(where: { $0.name == name }) ?? made(name) { return problem }
    throw EngineError(.unknownProblem, "unknown problem \(name); there are \(names)")
  }

  private static func made(_ name: String) -> (any InnerProblem)? { MLP(named: name) ?? ConvNet(named: name) }

  /// The names of ``all``, which shells offer.
  package static var listed: [String] { all.map(\.name) }

  /// The names that ``named(_:)`` knows, for messages.
  package static var names: String {
    all.map(\.name).joined(separator: ", ")
      + ", and others of their kinds for square images of any size: convolutional ones of 3 or 6 layers like conv3x8@16, "
      + "conv3x8-mnist@14, dense ones of 1 to 8 layers of 1 to 2048 units like mlp2x32@16, mlp1x64-rgb@8"
  }

  /// Returns some problems that take images of a shape, first those of ``all``; none where no problem does.
  package static func examples(fitting shape: ImageShape) -> [any InnerProblem] {
    let isGrey = shape.channels == 1
    let convolutional = ["conv3x8", "conv3x32", "conv6x32"].map { $0 + (isGrey ? "-mnist" : "") }
    let others = (convolutional + ["mlp2x32" + (isGrey ? "" : "-rgb")]).compactMap { made("\($0)@\(shape.height)") }
    let listed = fitting(shape)
    return (listed + others.filter { other in !listed.contains { $0.name == other.name } }).filter { $0.shape == shape }
  }

  /// Returns those of ``all`` that take images of a shape.
  package static func fitting(_ shape: ImageShape) -> [any InnerProblem] {
    all.filter { $0.shape == shape }
  }
}
