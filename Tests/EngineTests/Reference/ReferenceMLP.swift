@testable import Engine

/// An MLP's loss on a batch and its gradient, in Double.
struct ReferenceMLP {
  private let widths: [Int]

  init(_ problem: MLP) { widths = problem.widths }

  private func images(_ batch: Batch) -> [(input: [Double], label: Int)] {
    batch.labels.enumerated().map { image, label in
      let pixels = batch.pixels[image * widths[0]..<(image + 1) * widths[0]]
      return (pixels.map(Double.init), Int(label))
    }
  }

  /// Mean over the images of log Σⱼ exp zⱼ − z of the label.
  func loss(_ u: [Double], _ batch: Batch) -> Double {
    let network = ReferenceNetwork(widths: widths, parameters: u)
    let losses = images(batch).map { image in
      let logits = network.output(image.input)
      return logarithm(logits.reduce(0) { $0 + exponential($1) }) - logits[image.label]
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  func gradient(_ u: [Double], _ batch: Batch) -> [Double] {
    let network = ReferenceNetwork(widths: widths, parameters: u)
    let images = images(batch)
    var gradient = [Double](repeating: 0, count: u.count)
    for image in images {
      let powers = network.output(image.input).map(exponential)
      var adjoint = powers.map { $0 / powers.reduce(0, +) / Double(images.count) }
      adjoint[image.label] -= 1 / Double(images.count)
      let contribution = network.reverse(image.input, outputAdjoint: adjoint).parameters
      for (coordinate, value) in contribution.enumerated() { gradient[coordinate] += value }
    }
    return gradient
  }
}
