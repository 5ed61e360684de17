import Randomness

#if canImport(Glibc)
  import Glibc
#endif

extension InnerSettings.Life {
  /// Returns the number of inner steps that task number `draw` of a worker lives for: log-uniform
  /// (Documentation/method.md#lives).
  ///
  /// - Parameter isFirst: whether it is the worker's first task, which lives for a uniform share of that, so that
  ///   workers do not all begin and end their tasks at once.
  func steps(worker: Int, draw: Int, seed: UInt64, isFirst: Bool) -> Int {
    var random = RandomStream(seed: seed, purpose: .taskLife, UInt64(worker), UInt64(draw))
    let whole = exp(log(Double(from)) + random.uniform() * (log(Double(to)) - log(Double(from))))
    let steps = min(max(Int(whole.rounded()), from), to)
    return isFirst ? 1 + random.below(steps) : steps
  }

  /// The largest weight of an age.
  static let mostAgeWeight = 10.0

  /// Returns the probability that a task, other than a worker's first, lives for more than `age` inner steps
  /// (Documentation/method.md#ages).
  func survival(beyond age: Int) -> Double {
    guard age >= from else { return 1 }
    guard age < to else { return 0 }
    // A life is rounded: it is more than `age` from `age` + ½ on.
    return log(Double(to) / (Double(age) + 0.5)) / log(Double(to) / Double(from))
  }

  /// Returns the weight of the sample of a truncation by the ages of its steps: 1, or the mean over them of the inverse
  /// of their survival, which counts ``mostAgeWeight`` at most.
  func weight(firstStep: Int, length: Int) -> Double {
    guard ages == .even else { return 1 }
    let weights = (firstStep..<firstStep + length).lazy.map { min(1 / survival(beyond: $0), Self.mostAgeWeight) }
    return weights.reduce(0, +) / Double(length)
  }
}
