import Randomness

#if canImport(Glibc)
  import Glibc
#endif

extension OuterSettings.Curriculum {
  /// K of an outer-iteration, before the jitter.
  public func length(outerIteration: Int) -> Double {
    let share = min(Double(outerIteration) / Double(max(over, 1)), 1)
    return Double(from) + share * Double(to - from)
  }

  /// The inner steps of one worker's truncation, at least 1; it is cut at the end of the task by whoever runs it.
  func length(outerIteration: Int, worker: Int, seed: UInt64) -> Int {
    var random = RandomStream(seed: seed, purpose: .truncationLength, UInt64(outerIteration), UInt64(worker))
    let factor = 1 + jitter * (2 * random.uniform() - 1)
    return max(1, Int((length(outerIteration: outerIteration) * factor).rounded()))
  }
}

extension InnerSettings.Life {
  /// The inner steps that a worker's `draw`-th task lives for: log-uniform.
  func steps(worker: Int, draw: Int, seed: UInt64) -> Int {
    var random = RandomStream(seed: seed, purpose: .taskLife, UInt64(worker), UInt64(draw))
    let steps = exp(log(Double(from)) + random.uniform() * (log(Double(to)) - log(Double(from))))
    return min(max(Int(steps.rounded()), from), to)
  }
}
