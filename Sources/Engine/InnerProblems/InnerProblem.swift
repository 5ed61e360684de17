/// A network and a loss whose parameters an optimizer trains (method, section 4).
package protocol InnerProblem: Sendable {
  /// The name under which settings and files know it, for example `mlp2x32`.
  var name: String { get }
  var shape: ImageShape { get }
  var classes: Int { get }
  /// The parameters' pieces; each is one tensor to the learned optimizer.
  var layout: ParameterLayout { get }

  /// Multiply-adds of each layer for one image, forward, as the layer is defined.
  var multiplyAdds: [Int] { get }

  /// Those that are executed: fewer where an algorithm does the same with less. Backward they are as many again.
  var executedMultiplyAdds: [Int] { get }

  /// Initial parameters, a pure function of the seed and of the initialisation's number.
  func initialParameters(seed: UInt64, index: UInt64...) -> [Float]

  /// Working memory for batches of `batch` images.
  func makeEvaluator(batch: Int) -> any InnerEvaluator
}

extension InnerProblem {
  package var executedMultiplyAdds: [Int] { multiplyAdds }
}

/// The loss of one batch and its derivatives. For one thread; allocates nothing after it was made.
///
/// `load` comes first; `hessianVectorProduct` goes on from the `gradient` at the same parameters that was `keeping`.
package protocol InnerEvaluator: AnyObject {
  func load(_ batch: Batch)
  /// The mean loss ℓ(u; batch).
  func value(at parameters: FloatBuffer) -> Float
  /// The loss; writes ∇ℓ. `keeping` what a `hessianVectorProduct` needs takes a little longer.
  func gradient(at parameters: FloatBuffer, into gradient: FloatBuffer, keeping: Bool) -> Float
  /// Writes ∇²ℓ · vector, exact almost everywhere (the second derivative of ReLU is 0).
  func hessianVectorProduct(at parameters: FloatBuffer, vector: FloatBuffer, into product: FloatBuffer)
  /// How many of the batch are classified right, by the last `value` or `gradient`.
  var correct: Int { get }
}

extension InnerEvaluator {
  /// The gradient that a `hessianVectorProduct` may follow.
  package func gradient(at parameters: FloatBuffer, into gradient: FloatBuffer) -> Float {
    self.gradient(at: parameters, into: gradient, keeping: true)
  }
}
