import Foundation
import Randomness

/// What a suite comes to over all its rows.
extension SuiteReport {
  /// The means of one optimizer's ratios over all rows.
  package struct Summary: Encodable, Sendable, Equatable {
    /// The optimizer's name, the raw value of ``Contender/Kind``.
    package var optimizer: String
    /// The geometric mean of the ratios.
    package var geometricMean: Double
    /// Its 95 % interval, by bootstrap over rows, and within each over tasks with their initialisations.
    package var geometricMeanInterval: [Double]
    /// The mean of the ratios without their lowest and their highest quarter, each rounded down.
    package var interquartileMean: Double
    /// Its 95 % interval, by the same bootstrap.
    package var interquartileMeanInterval: [Double]
    /// The number of rows with a ratio below 1.
    package var rowsBelowOne: Int
    /// The number of rows in which a run diverged, or ended at a loss that counts as much. They count in all means.
    package var rowsWithDivergedRuns: Int

    enum CodingKeys: String, CodingKey {
      case optimizer
      case geometricMean = "geometric_mean"
      case geometricMeanInterval = "geometric_mean_interval"
      case interquartileMean = "interquartile_mean"
      case interquartileMeanInterval = "interquartile_mean_interval"
      case rowsBelowOne = "rows_below_one"
      case rowsWithDivergedRuns = "rows_with_diverged_runs"
    }
  }

  /// The performance profile of one optimizer: the share of rows in which its loss is at most so many times that of the best
  /// baseline (after Dolan, Moré 2002, who divide by the best of all).
  package struct Profile: Encodable, Sendable, Equatable {
    /// A ratio, and the share of rows at or below it, from 0 to 1.
    package struct Point: Encodable, Sendable, Equatable {
      /// The ratio.
      package var ratio: Double
      /// The share of rows.
      package var share: Double
    }

    /// The optimizer's name, the raw value of ``Contender/Kind``.
    package var optimizer: String
    /// The ratio of every row, ascending, with the share of rows up to it.
    package var points: [Point]

    /// Makes the profile of an optimizer; nil where a row does not have it.
    init?(_ optimizer: String, _ rows: [Row]) {
      let ratios = rows.compactMap { $0.standing(optimizer)?.ratio }
      guard ratios.count == rows.count else { return nil }
      self.optimizer = optimizer
      points = ratios.sorted().enumerated().map {
        Point(ratio: $1, share: Double($0 + 1) / Double(ratios.count))
      }
    }
  }

  /// Returns the summaries of the learned optimizer and of the same with its best step scale. The same rows have the same
  /// ones, to the last bit.
  static func summaries(of rows: [Row]) -> [Summary] {
    let optimizers = [Contender.Kind.learned, .learnedTuned].map(\.rawValue)
    // Both are compared on the same resamples.
    var draws = optimizers.map { _ in (geometric: [Double](), interquartile: [Double]()) }
    var random = RandomStream(seed: 0, purpose: .bootstrap)
    for _ in 0..<EvaluationPlan.bootstrapDraws {
      let drawn = rows.map { _ in rows[random.below(rows.count)] }
        .map { row in (row, row.tasks.map { _ in random.below(row.tasks.count) }) }
      for (index, optimizer) in optimizers.enumerated() {
        let ratios = drawn.compactMap { row, tasks in row.ratio(of: optimizer, tasks: tasks) }
        draws[index].geometric.append(geometricMean(ratios))
        draws[index].interquartile.append(interquartileMean(ratios))
      }
    }
    func interval(_ values: [Double]) -> [Double] { [0.025, 0.975].map { EvaluationResult.quantile($0, values) } }
    return zip(optimizers, draws).map { optimizer, draws in
      let standings = rows.compactMap { $0.standing(optimizer) }
      return Summary(
        optimizer: optimizer, geometricMean: geometricMean(standings.map(\.ratio)),
        geometricMeanInterval: interval(draws.geometric),
        interquartileMean: interquartileMean(standings.map(\.ratio)),
        interquartileMeanInterval: interval(draws.interquartile),
        rowsBelowOne: standings.count { $0.ratio < 1 }, rowsWithDivergedRuns: standings.count { $0.divergedRuns > 0 })
    }
  }

  /// Returns the geometric mean of numbers above 0.
  package static func geometricMean(_ values: [Double]) -> Double {
    exp(values.reduce(0) { $0 + log($1) } / Double(values.count))
  }

  /// Returns the mean of what is left without the lowest and the highest quarter, each rounded down.
  static func interquartileMean(_ values: [Double]) -> Double {
    let middle = values.sorted().dropFirst(values.count / 4).dropLast(values.count / 4)
    return middle.reduce(0, +) / Double(middle.count)
  }
}

extension SuiteReport.Row {
  /// Returns the ratio of an optimizer's mean loss to the best baseline's over tasks that were drawn.
  fileprivate func ratio(of optimizer: String, tasks: [Int]) -> Double? {
    guard let own = standing(optimizer)?.taskLosses, let best = standing(bestBaseline)?.taskLosses else { return nil }
    return EvaluationPlan.ratio(tasks.map { own[$0] }, to: tasks.map { best[$0] })
  }
}
