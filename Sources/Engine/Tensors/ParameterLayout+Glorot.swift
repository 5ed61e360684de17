import Randomness

extension ParameterLayout {
  /// Returns weights uniform within ±√(6 / (fan in + fan out)) (Glorot and Bengio 2010), and biases 0.
  ///
  /// The fans of a convolution are its channels × the kernel's pixels
  /// (Documentation/method.md#initialisation-of-inner-parameters).
  func glorotUniform(_ random: inout RandomStream) -> [Float] {
    var parameters: [Float] = []
    parameters.reserveCapacity(count)
    for tensor in tensors {
      guard tensor.shape.count > 1 else {
        parameters.append(contentsOf: repeatElement(0, count: tensor.count))
        continue
      }
      let fans = tensor.shape.suffix(2).reduce(0, +) * tensor.shape.dropLast(2).reduce(1, *)
      let limit = (6 / Double(fans)).squareRoot()
      for _ in 0..<tensor.count { parameters.append(Float((2 * random.uniform() - 1) * limit)) }
    }
    return parameters
  }
}
