import Randomness

/// A fully connected network: dense layers, ReLU between them, softmax cross-entropy.
package struct MLP: InnerProblem {
  package let name: String
  package let shape: ImageShape
  package let classes: Int
  package let layout: ParameterLayout
  /// The width of the input, of every hidden layer, and of the output.
  let widths: [Int]

  package init(name: String, shape: ImageShape, hidden: [Int], classes: Int = 10) {
    self.name = name
    self.shape = shape
    self.classes = classes
    widths = [shape.count] + hidden + [classes]
    layout = .dense(widths)
  }

  package var multiplyAdds: [Int] { zip(widths, widths.dropFirst()).map { $0 * $1 } }

  /// Glorot uniform weights, zero biases.
  package func initialParameters(seed: UInt64, index: UInt64...) -> [Float] {
    var random = RandomStream(seed: seed, purpose: .innerInitialisation, indices: index)
    return layout.glorotUniform(&random)
  }

  package func makeEvaluator(batch: Int) -> any InnerEvaluator {
    MLPEvaluator(self, batch: batch)
  }
}
