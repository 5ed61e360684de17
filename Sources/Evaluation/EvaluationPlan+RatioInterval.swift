import Randomness

/// The uncertainty of a ratio of mean losses.
extension EvaluationPlan {
  /// Returns the ends of the 95 % interval of the ratio of two optimizers' mean losses, by bootstrap.
  ///
  /// Tasks are drawn 2,000 times with replacement, each with all its initialisations, the same ones for both
  /// optimizers.
  ///
  /// - Parameters:
  ///   - losses: the loss of each run, tasks outside and initialisations inside.
  ///   - others: the losses, in the same order, of the optimizer that the ratio is to.
  /// - Returns: the lower and the upper end.
  package func ratioInterval(_ losses: [Double], to others: [Double]) -> [Double] {
    precondition(losses.count == everything.count && others.count == everything.count)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    func byTask(_ values: [Double]) -> [Double] {
      (0..<tasks).map { mean(Array(values[$0 * initialisations..<($0 + 1) * initialisations])) }
    }
    let (own, other) = (byTask(losses), byTask(others))
    var random = RandomStream(seed: seed, purpose: .bootstrap)
    let ratios = (0..<2_000).map { _ in
      let drawn = (0..<tasks).map { _ in random.below(tasks) }
      return mean(drawn.map { own[$0] }) / mean(drawn.map { other[$0] })
    }
    return [0.025, 0.975].map { EvaluationResult.quantile($0, ratios) }
  }
}
