import Randomness

/// A convolutional network: 3×3 convolutions with ReLU, the mean over the pixels, a linear layer, softmax cross-entropy.
package struct ConvNet: InnerProblem {
  package let name: String
  package let shape: ImageShape
  package let classes: Int
  package let layout: ParameterLayout
  /// Of every convolution; 1 or 2.
  let strides: [Int]
  /// Of the image, then of every convolution's result.
  let channels: [Int]

  /// - Parameters:
  ///   - channels: of every convolution's result.
  ///   - strides: of every convolution, 1 or 2.
  package init(name: String, shape: ImageShape, channels: Int, strides: [Int], classes: Int = 10) {
    precondition(channels > 0 && !strides.isEmpty && strides.allSatisfy { $0 == 1 || $0 == 2 })
    self.name = name
    self.shape = shape
    self.classes = classes
    self.strides = strides
    self.channels = [shape.channels] + strides.map { _ in channels }
    let convolutions = zip(self.channels, self.channels.dropFirst()).enumerated().flatMap { layer, pair in
      [(name: "weight\(layer)", shape: [3, 3, pair.0, pair.1]), (name: "bias\(layer)", shape: [pair.1])]
    }
    let last = strides.count
    layout = ParameterLayout(
      convolutions + [(name: "weight\(last)", shape: [channels, classes]), (name: "bias\(last)", shape: [classes])])
  }

  package var multiplyAdds: [Int] {
    counts { result, inputs, _ in result.height * result.width * 9 * inputs * result.channels }
  }

  package var executedMultiplyAdds: [Int] {
    counts { result, inputs, stride in
      WinogradConvolution.serves(stride: stride, inputs: inputs, outputs: result.channels)
        ? WinogradConvolution.multiplyAdds(of: result, inputs: inputs)
        : result.height * result.width * 9 * inputs * result.channels
    }
  }

  /// A number for each convolution, by its result, its input's channels and its stride, then the linear layer's
  /// multiply-adds.
  private func counts(_ count: (_ result: BorderedShape, _ inputs: Int, _ stride: Int) -> Int) -> [Int] {
    var image = BorderedShape(height: shape.height, width: shape.width, channels: shape.channels)
    let convolutions = strides.enumerated().map { layer, stride in
      let result = image.convolved(stride: stride, channels: channels[layer + 1])
      defer { image = result }
      return count(result, image.channels, stride)
    }
    return convolutions + [image.channels * classes]
  }

  /// Glorot uniform weights, the fans of a convolution × 9; zero biases.
  package func initialParameters(seed: UInt64, index: UInt64...) -> [Float] {
    var random = RandomStream(seed: seed, purpose: .innerInitialisation, indices: index)
    return layout.glorotUniform(&random)
  }

  package func makeEvaluator(batch: Int) -> any InnerEvaluator {
    ConvNetEvaluator(self, batch: batch)
  }
}
