import Randomness

#if canImport(Glibc)
  import Glibc
#endif

extension OuterSettings.Curriculum {
  /// K of an outer-iteration, before the jitter.
  package func length(outerIteration: Int) -> Double {
    let share = min(Double(outerIteration) / Double(max(over, 1)), 1)
    return Double(from) + share * Double(to - from)
  }

  /// The inner steps of a truncation, at least 1; it is cut at the end of the task by whoever runs it.
  ///
  /// - Parameter random: where the jitter comes from.
  func length(outerIteration: Int, random: inout RandomStream) -> Int {
    let factor = 1 + jitter * (2 * random.uniform() - 1)
    return max(1, Int((length(outerIteration: outerIteration) * factor).rounded()))
  }
}

extension OuterSettings {
  /// The learning rate of the step that ends outer-iteration `outerIteration` (from 0).
  package func learningRate(outerIteration: Int) -> Double {
    learningRate * pow(decay.to, min(Double(outerIteration) / Double(max(decay.over, 1)), 1))
  }
}
