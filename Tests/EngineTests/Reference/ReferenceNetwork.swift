/// Dense layers with ReLU between them, in Double and for one input: an MLP, and the learned optimizer's network.
struct ReferenceNetwork {
  /// The width of the input, of every hidden layer, and of the output.
  var widths: [Int]
  /// Each layer's weight [in, out], then its bias [out].
  var parameters: [Double]

  static func parameterCount(_ widths: [Int]) -> Int {
    zip(widths, widths.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
  }

  private var layers: Int { widths.count - 1 }

  /// Where the weight from unit `i` to unit `j` of a layer stands; its bias is the one from i = the layer's inputs.
  private func index(_ layer: Int, _ i: Int, _ j: Int) -> Int {
    Self.parameterCount(Array(widths[...layer])) + i * widths[layer + 1] + j
  }

  /// The input, each hidden layer after its ReLU, and the output.
  private func activations(_ input: [Double]) -> [[Double]] {
    var activations = [input]
    for layer in 0..<layers {
      let inputs = activations[layer] + [1]
      let first = index(layer, 0, 0)
      let outputs = widths[layer + 1]
      let sums = (0..<outputs).map { j in
        inputs.indices.reduce(0) { $0 + inputs[$1] * parameters[first + $1 * outputs + j] }
      }
      activations.append(layer + 1 < layers ? sums.map { max($0, 0) } : sums)
    }
    return activations
  }

  func output(_ input: [Double]) -> [Double] {
    activations(input)[layers]
  }

  /// The adjoints of the parameters and of the input, from that of the output.
  func reverse(_ input: [Double], outputAdjoint: [Double]) -> (parameters: [Double], input: [Double]) {
    let activations = activations(input)
    var parametersAdjoint = [Double](repeating: 0, count: parameters.count)
    var adjoint = outputAdjoint
    for layer in (0..<layers).reversed() {
      let inputs = activations[layer] + [1]
      let first = index(layer, 0, 0)
      let outputs = widths[layer + 1]
      var inputsAdjoint = [Double](repeating: 0, count: inputs.count)
      for i in inputs.indices {
        for j in 0..<outputs {
          parametersAdjoint[first + i * outputs + j] = inputs[i] * adjoint[j]
          inputsAdjoint[i] += parameters[first + i * outputs + j] * adjoint[j]
        }
        if layer > 0 && inputs[i] <= 0 { inputsAdjoint[i] = 0 }
      }
      adjoint = inputsAdjoint.dropLast()
    }
    return (parametersAdjoint, adjoint)
  }
}
