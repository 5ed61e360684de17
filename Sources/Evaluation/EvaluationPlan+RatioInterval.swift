import Randomness

/// The uncertainty of a ratio of mean losses.
extension EvaluationPlan {
  /// The number of resamples of a bootstrap interval.
  static let bootstrapDraws = 2_000
  /// The least mean loss that counts in a ratio: a smaller one counts as this, so that every ratio is a number.
  private static let leastLoss = 1e-6

  /// Returns the ratio of the means of two optimizers' losses.
  package static func ratio(_ losses: [Double], to others: [Double]) -> Double {
    func mean(_ values: [Double]) -> Double { max(values.reduce(0, +) / Double(values.count), leastLoss) }
    return mean(losses) / mean(others)
  }

  /// Returns the mean loss of each task.
  /// - Parameter losses: the loss of each run, tasks outside and initialisations inside.
  func taskMeans(_ losses: [Double]) -> [Double] {
    (0..<tasks).map { task in
      losses[task * initialisations..<(task + 1) * initialisations].reduce(0, +) / Double(initialisations)
    }
  }

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
    let (own, other) = (taskMeans(losses), taskMeans(others))
    var random = RandomStream(seed: seed, purpose: .bootstrap)
    let ratios = (0..<Self.bootstrapDraws).map { _ in
      let drawn = (0..<tasks).map { _ in random.below(tasks) }
      return Self.ratio(drawn.map { own[$0] }, to: drawn.map { other[$0] })
    }
    return [0.025, 0.975].map { EvaluationResult.quantile($0, ratios) }
  }
}
