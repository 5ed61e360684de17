import Engine

extension Architecture {
  /// Returns a θ that was never trained and yet trains: gradient descent with steps of λ₁ × gain, disturbed by all
  /// other inputs.
  ///
  /// It is the initial θ times `noise`, and a path for the gradient through it. The hidden units 0 and 1 pass on the
  /// normalized gradient's positive and negative part, and the output d is `gain` times their difference.
  func descendingTheta(seed: UInt64, noise: Float, gain: Float) -> [Float] {
    precondition(hiddenLayers == 1, "the path goes through one hidden layer")
    var theta = initialTheta(seed: seed).map { noise * $0 }
    let weights = layout.tensors.filter { $0.shape.count == 2 }
    // The gradient is the first input, d the first output.
    theta[weights[0].offset] += 1
    theta[weights[0].offset + 1] -= 1
    theta[weights[1].offset] += gain
    theta[weights[1].offset + 2] -= gain
    return theta
  }
}
