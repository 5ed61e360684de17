/// An inner problem: a network and a loss whose parameters an optimizer trains
/// (Documentation/method.md#inner-problems).
package protocol InnerProblem: Sendable {
  /// The name under which settings and files know it, for example `mlp2x32`.
  var name: String { get }
  /// The shape of the images.
  var shape: ImageShape { get }
  /// The number of classes.
  var classes: Int { get }
  /// The pieces of the parameters. Each is one tensor to the learned optimizer.
  var layout: ParameterLayout { get }

  /// The multiply-adds of each layer for one image, forward, by the layer's definition.
  var multiplyAdds: [Int] { get }

  /// The multiply-adds that are executed, fewer where an algorithm computes the same with less. The derivatives by the
  /// images and by the weights take as many each.
  var executedMultiplyAdds: [Int] { get }

  /// Returns the initial parameters, a pure function of the seed and of the initialisation's number.
  func initialParameters(seed: UInt64, index: UInt64...) -> [Float]

  /// Allocates the memory for batches of `batch` images.
  func makeEvaluator(batch: Int, kernels: Kernels) -> any InnerEvaluator
}

extension InnerProblem {
  /// The same as ``multiplyAdds``, for problems without a faster algorithm.
  package var executedMultiplyAdds: [Int] { multiplyAdds }
}

/// The loss of an inner problem on one batch, and its derivatives.
///
/// `load` comes first. `hessianVectorProduct` goes on from the last `gradient`, which must be of the same parameters
/// and `keeping`. An object is for one thread, and allocates nothing after it was made.
package protocol InnerEvaluator: AnyObject {
  /// Takes the images and labels of a batch, of the size that the object was made for.
  func load(_ batch: Batch)
  /// Returns the mean loss ℓ(u; batch).
  func value(at parameters: FloatBuffer) -> Float
  /// Returns the mean loss, and writes ∇ℓ to `gradient`.
  /// - Parameter keeping: whether a `hessianVectorProduct` follows; keeping what it needs takes a little longer.
  func gradient(at parameters: FloatBuffer, into gradient: FloatBuffer, keeping: Bool) -> Float
  /// Writes ∇²ℓ · vector to `product`, exact almost everywhere: the second derivative of ReLU is 0.
  func hessianVectorProduct(at parameters: FloatBuffer, vector: FloatBuffer, into product: FloatBuffer)
  /// The number of images of the batch that the last `value` or `gradient` classified rightly.
  var correct: Int { get }
}

extension InnerEvaluator {
  /// Returns the loss and writes the gradient, so that a `hessianVectorProduct` may follow.
  package func gradient(at parameters: FloatBuffer, into gradient: FloatBuffer) -> Float {
    self.gradient(at: parameters, into: gradient, keeping: true)
  }
}
