import Randomness

/// A fully connected network: dense layers, ReLU between them, softmax cross-entropy
/// (Documentation/method.md#networks-and-shapes).
package struct MLP: InnerProblem {
  /// The name, for example `mlp2x32`.
  package let name: String
  /// The shape of the images, which are flattened row-major.
  package let shape: ImageShape
  /// The number of classes, and so of logits.
  package let classes: Int
  /// The parameters: the weight [in, out] and the bias of each layer.
  package let layout: ParameterLayout
  /// The width of the input, of every hidden layer, and of the output.
  let widths: [Int]

  /// Makes a network.
  /// - Parameter hidden: the widths of the hidden layers; none for softmax regression.
  package init(name: String, shape: ImageShape, hidden: [Int], classes: Int = 10) {
    self.name = name
    self.shape = shape
    self.classes = classes
    widths = [shape.count] + hidden + [classes]
    layout = .dense(widths)
  }

  /// The multiply-adds of every layer for one image.
  package var multiplyAdds: [Int] { zip(widths, widths.dropFirst()).map { $0 * $1 } }

  /// Returns Glorot uniform weights and zero biases (Documentation/method.md#initialisation-of-inner-parameters).
  package func initialParameters(seed: UInt64, index: UInt64...) -> [Float] {
    var random = RandomStream(seed: seed, purpose: .innerInitialisation, indices: index)
    return layout.glorotUniform(&random)
  }

  /// Allocates the memory for batches of `batch` images.
  package func makeEvaluator(batch: Int, kernels: Kernels) -> any InnerEvaluator {
    MLPEvaluator(self, batch: batch, kernels: kernels)
  }
}
