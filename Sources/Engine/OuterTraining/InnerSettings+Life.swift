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
}
