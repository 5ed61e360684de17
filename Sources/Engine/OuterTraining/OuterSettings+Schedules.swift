import Randomness

#if canImport(Glibc)
  import Glibc
#endif

extension OuterSettings.Curriculum {
  /// Returns the length K of an outer-iteration's truncations in inner steps, before the jitter
  /// (Documentation/method.md#truncations-and-curriculum).
  package func length(outerIteration: Int) -> Double {
    let share = min(Double(outerIteration) / Double(max(over, 1)), 1)
    return Double(from) + share * Double(to - from)
  }

  /// Returns the inner steps of a truncation, at least 1. At the end of a task the caller cuts it.
  ///
  /// - Parameter random: gives the jitter.
  func length(outerIteration: Int, random: inout RandomStream) -> Int {
    let factor = 1 + jitter * (2 * random.uniform() - 1)
    return max(1, Int((length(outerIteration: outerIteration) * factor).rounded()))
  }
}

extension OuterSettings {
  /// Returns the weight of the sample of a truncation of `length` inner steps: the length over the curriculum's, or 1
  /// (Documentation/method.md#weights-of-samples).
  func weight(length: Int, outerIteration: Int) -> Double {
    weightByLength ? Double(length) / curriculum.length(outerIteration: outerIteration) : 1
  }

  /// Returns the learning rate of the step that ends outer-iteration `outerIteration`, from 0.
  package func learningRate(outerIteration: Int) -> Double {
    learningRate * pow(decay.to, min(Double(outerIteration) / Double(max(decay.over, 1)), 1))
  }
}
