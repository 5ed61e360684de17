extension OuterSettings {
  /// The number of samples of one step of θ.
  var samples: Int { asynchronous.on && asynchronous.batch > 0 ? asynchronous.batch : pairs }
}

extension OuterSettings.Clip {
  /// Scales the gradient down to norm `at`, or limits every coordinate to −`at` … `at`
  /// (Documentation/method.md#clip-of-the-outer-gradient).
  func apply(_ gradient: inout [Double]) {
    switch by {
    case .value:
      for i in gradient.indices { gradient[i] = min(max(gradient[i], -at), at) }
    case .norm:
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > at else { return }
      for i in gradient.indices { gradient[i] *= at / norm }
    }
  }
}

extension OuterSettings.Average {
  /// Updates the average after θ has moved (Documentation/method.md#average-of-θ). It begins where θ is when it is
  /// switched on.
  func update(_ average: inout [Float], with theta: [Float]) {
    guard isOn else { return average = [] }
    guard !average.isEmpty else { return average = theta }
    for i in theta.indices { average[i] = Float(decay * Double(average[i]) + (1 - decay) * Double(theta[i])) }
  }
}
