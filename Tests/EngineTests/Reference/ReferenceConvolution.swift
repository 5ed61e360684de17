/// A 3×3 convolution in Double, tap by tap, with TensorFlow's padding SAME: ⌈size / stride⌉ results, and of the zeros
/// that these need, half before the image, rounded down, and the rest after.
struct ReferenceConvolution {
  var height: Int
  var width: Int
  var inputs: Int
  var outputs: Int
  var stride: Int

  var outputHeight: Int { (height + stride - 1) / stride }
  var outputWidth: Int { (width + stride - 1) / stride }

  private func before(_ size: Int, _ result: Int) -> Int { max((result - 1) * stride + 3 - size, 0) / 2 }

  /// Calls `body` with the places of an input, a weight [3, 3, inputs, outputs] and an output for every product.
  private func forEachProduct(_ body: (_ input: Int, _ weight: Int, _ output: Int) -> Void) {
    for y in 0..<outputHeight {
      for x in 0..<outputWidth {
        for tap in 0..<9 {
          let row = y * stride + tap / 3 - before(height, outputHeight)
          let column = x * stride + tap % 3 - before(width, outputWidth)
          guard 0..<height ~= row, 0..<width ~= column else { continue }
          for i in 0..<inputs {
            for o in 0..<outputs {
              body(
                (row * width + column) * inputs + i, (tap * inputs + i) * outputs + o,
                (y * outputWidth + x) * outputs + o)
            }
          }
        }
      }
    }
  }

  /// The output [outputHeight, outputWidth, outputs] for one image [height, width, inputs].
  func output(_ image: [Double], weights: [Double], bias: [Double]) -> [Double] {
    var result = (0..<outputHeight * outputWidth).flatMap { _ in bias }
    forEachProduct { input, weight, output in result[output] += image[input] * weights[weight] }
    return result
  }

  /// The adjoints of the weights, of the bias and of the image, from that of the output.
  func reverse(
    _ image: [Double], weights: [Double], outputAdjoint: [Double]
  ) -> (weights: [Double], bias: [Double], image: [Double]) {
    var ofWeights = weights.map { _ in 0.0 }
    var ofBias = [Double](repeating: 0, count: outputs)
    var ofImage = image.map { _ in 0.0 }
    forEachProduct { input, weight, output in
      ofWeights[weight] += image[input] * outputAdjoint[output]
      ofImage[input] += weights[weight] * outputAdjoint[output]
    }
    for (place, value) in outputAdjoint.enumerated() { ofBias[place % outputs] += value }
    return (ofWeights, ofBias, ofImage)
  }
}
