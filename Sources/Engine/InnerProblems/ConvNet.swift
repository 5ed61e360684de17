import Randomness

/// A convolutional network: 3×3 convolutions with ReLU, the mean over the pixels, a linear layer, softmax cross-entropy
/// (Documentation/method.md#networks-and-shapes).
package struct ConvNet: InnerProblem {
  /// The name, for example `conv3x32`.
  package let name: String
  /// The shape of the images.
  package let shape: ImageShape
  /// The number of classes, and so of logits.
  package let classes: Int
  /// The parameters: the weight [3, 3, in, out] and the bias of each convolution, then those of the linear layer.
  package let layout: ParameterLayout
  /// The stride of every convolution, 1 or 2.
  let strides: [Int]
  /// The number of channels of the image, then of every convolution's result.
  let channels: [Int]

  /// Makes a network.
  /// - Parameters:
  ///   - channels: the number of channels of every convolution's result.
  ///   - strides: the stride of every convolution, 1 or 2.
  ///   - classes: the number of classes.
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

  /// The multiply-adds of every layer for one image, by the layer's definition.
  package var multiplyAdds: [Int] {
    counts { result, inputs, _ in result.height * result.width * 9 * inputs * result.channels }
  }

  /// The multiply-adds of every layer for one image that are executed: fewer by Winograd's convolution.
  package var executedMultiplyAdds: [Int] {
    counts { result, inputs, stride in
      WinogradConvolution.serves(stride: stride, inputs: inputs, outputs: result.channels)
        ? WinogradConvolution.multiplyAdds(of: result, inputs: inputs)
        : result.height * result.width * 9 * inputs * result.channels
    }
  }

  /// Returns a number for each convolution and then the linear layer's multiply-adds.
  /// - Parameter count: returns a convolution's number from its result, its input's channels and its stride.
  private func counts(_ count: (_ result: BorderedShape, _ inputs: Int, _ stride: Int) -> Int) -> [Int] {
    var image = BorderedShape(height: shape.height, width: shape.width, channels: shape.channels)
    let convolutions = strides.enumerated().map { layer, stride in
      let result = image.convolved(stride: stride, channels: channels[layer + 1])
      defer { image = result }
      return count(result, image.channels, stride)
    }
    return convolutions + [image.channels * classes]
  }

  /// Returns Glorot uniform weights, with the fans of a convolution × 9, and zero biases
  /// (Documentation/method.md#initialisation-of-inner-parameters).
  package func initialParameters(seed: UInt64, index: UInt64...) -> [Float] {
    var random = RandomStream(seed: seed, purpose: .innerInitialisation, indices: index)
    return layout.glorotUniform(&random)
  }

  /// Allocates the memory for batches of `batch` images.
  package func makeEvaluator(batch: Int, kernels: Kernels) -> any InnerEvaluator {
    ConvNetEvaluator(self, batch: batch, kernels: kernels)
  }
}
