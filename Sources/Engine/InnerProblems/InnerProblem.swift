/// A network and a loss whose parameters an optimizer trains (method, section 4).
public protocol InnerProblem: Sendable {
  /// The name under which settings and files know it, for example `mlp2x32`.
  var name: String { get }
  var shape: ImageShape { get }
  var classes: Int { get }
  /// The parameters' pieces; each is one tensor to the learned optimizer.
  var layout: ParameterLayout { get }

  /// Multiply-adds of each layer for one image, forward.
  var multiplyAdds: [Int] { get }

  /// Initial parameters, a pure function of the seed and of the initialisation's number.
  func initialParameters(seed: UInt64, index: UInt64...) -> [Float]

  /// Working memory for batches of `batch` images.
  func makeEvaluator(batch: Int) -> any InnerEvaluator
}

/// The loss of one batch and its derivatives. For one thread; allocates nothing after it was made.
///
/// `load` comes first; `hessianVectorProduct` goes on from the `gradient` at the same parameters.
public protocol InnerEvaluator: AnyObject {
  func load(_ batch: Batch)
  /// The mean loss ℓ(u; batch).
  func value(at parameters: FloatBuffer) -> Float
  /// The loss; writes ∇ℓ.
  func gradient(at parameters: FloatBuffer, into gradient: FloatBuffer) -> Float
  /// Writes ∇²ℓ · vector, exact almost everywhere (the second derivative of ReLU is 0).
  func hessianVectorProduct(at parameters: FloatBuffer, vector: FloatBuffer, into product: FloatBuffer)
  /// How many of the batch are classified right, by the last `value` or `gradient`.
  var correct: Int { get }
}

/// The inner problems by name.
public enum InnerProblems {
  /// All of them, in the order in which one is preferred for images of its shape.
  public static let all: [any InnerProblem] = [
    MLP(name: "mlp2x32", shape: mnist14, hidden: [32, 32]),
    MLP(name: "mlp3x128", shape: mnist14, hidden: [128, 128, 128]),
  ]

  private static let mnist14 = ImageShape(height: 14, width: 14, channels: 1)

  public static func named(_ name: String) throws -> any InnerProblem {
    if let problem = all.first(where: { $0.name == name }) { return problem }
    let names = all.map(\.name).joined(separator: ", ")
    throw EngineError(.unknownProblem, "unknown problem \(name); there are \(names)")
  }

  public static func fitting(_ shape: ImageShape) -> [any InnerProblem] {
    all.filter { $0.shape == shape }
  }
}
