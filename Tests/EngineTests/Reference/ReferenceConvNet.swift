@testable import Engine

/// A convolutional network's loss on a batch and its gradient, in Double.
struct ReferenceConvNet {
  private let problem: ConvNet
  private let convolutions: [ReferenceConvolution]

  init(_ problem: ConvNet) {
    self.problem = problem
    var (height, width) = (problem.shape.height, problem.shape.width)
    convolutions = problem.strides.enumerated().map { layer, stride in
      let convolution = ReferenceConvolution(
        height: height, width: width, inputs: problem.channels[layer], outputs: problem.channels[layer + 1],
        stride: stride)
      (height, width) = (convolution.outputHeight, convolution.outputWidth)
      return convolution
    }
  }

  private var layers: Int { convolutions.count }
  private var channels: Int { problem.channels[layers] }
  private var area: Int { convolutions[layers - 1].outputHeight * convolutions[layers - 1].outputWidth }

  private func piece(_ index: Int, of u: [Double]) -> [Double] { Array(u[problem.layout.tensors[index].range]) }

  /// The image, each convolution's result after its ReLU, the mean over the pixels, and the logits.
  private func activations(_ u: [Double], _ image: [Double]) -> [[Double]] {
    var activations = [image]
    for (layer, convolution) in convolutions.enumerated() {
      let z = convolution.output(
        activations[layer], weights: piece(2 * layer, of: u), bias: piece(2 * layer + 1, of: u))
      activations.append(z.map { max($0, 0) })
    }
    var means = [Double](repeating: 0, count: channels)
    for (place, value) in activations[layers].enumerated() { means[place % channels] += value / Double(area) }
    let (weights, bias) = (piece(2 * layers, of: u), piece(2 * layers + 1, of: u))
    let logits = bias.indices.map { j in
      means.indices.reduce(bias[j]) { $0 + means[$1] * weights[$1 * problem.classes + j] }
    }
    return activations + [means, logits]
  }

  private func images(_ batch: Batch) -> [(image: [Double], label: Int)] {
    batch.labels.enumerated().map { number, label in
      let pixels = batch.pixels[number * problem.shape.count..<(number + 1) * problem.shape.count]
      return (pixels.map(Double.init), Int(label))
    }
  }

  /// Mean over the images of log Σⱼ exp zⱼ − z of the label.
  func loss(_ u: [Double], _ batch: Batch) -> Double {
    let losses = images(batch).map { image, label in
      let logits = activations(u, image)[layers + 2]
      return logarithm(logits.reduce(0) { $0 + exponential($1) }) - logits[label]
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  func gradient(_ u: [Double], _ batch: Batch) -> [Double] {
    var gradient = [Double](repeating: 0, count: u.count)
    func add(_ values: [Double], to tensor: Int) {
      for (coordinate, value) in zip(problem.layout.tensors[tensor].range, values) { gradient[coordinate] += value }
    }
    for (image, label) in images(batch) {
      let activations = activations(u, image)
      let powers = activations[layers + 2].map(exponential)
      var ofLogits = powers.map { $0 / powers.reduce(0, +) / Double(batch.labels.count) }
      ofLogits[label] -= 1 / Double(batch.labels.count)
      add(activations[layers + 1].flatMap { mean in ofLogits.map { mean * $0 } }, to: 2 * layers)
      add(ofLogits, to: 2 * layers + 1)
      let weights = piece(2 * layers, of: u)
      let ofMeans = (0..<channels).map { i in
        ofLogits.indices.reduce(0) { $0 + weights[i * problem.classes + $1] * ofLogits[$1] }
      }
      var adjoint = (0..<area).flatMap { _ in ofMeans.map { $0 / Double(area) } }
      for (layer, convolution) in convolutions.enumerated().reversed() {
        adjoint = zip(adjoint, activations[layer + 1]).map { $1 > 0 ? $0 : 0 }
        let found = convolution.reverse(
          activations[layer], weights: piece(2 * layer, of: u), outputAdjoint: adjoint)
        add(found.weights, to: 2 * layer)
        add(found.bias, to: 2 * layer + 1)
        adjoint = found.image
      }
    }
    return gradient
  }
}
