import Engine
import Evaluation

/// The tables of figure 1.
extension Figure1 {
  /// The curves, the baselines' for twice the figure's range.
  func curves(_ standings: [Standing]) -> CSVTable {
    CSVTable(
      columns: [
        "loss", "optimizer", "objective", "learning_rate", "step", "seconds", "mean", "lower_quartile",
        "upper_quartile",
      ],
      rows: standings.flatMap { standing in
        standing.entries.enumerated().flatMap { number, entry in
          standing.points(entry).map { point in
            identity(number, entry, standing) + ["\(point.step)"]
              + [
                Double(point.step) * entry.timed.time.seconds, point.mean, point.lowerQuartile, point.upperQuartile,
              ].map { CSVTable.number($0) }
          }
        }
      })
  }

  /// What is said of each optimizer.
  func summary(_ standings: [Standing]) -> CSVTable {
    CSVTable(
      "summary",
      columns: [
        "loss", "optimizer", "objective", "learning_rate", "steps", "seconds_per_1000_steps", "update_share",
        "mean", "ratio", "ratio_low", "ratio_high", "seconds_to_best_baseline", "seconds_to_lowest", "lowest",
        "lowest_learning_rate", "lowest_seconds",
      ],
      rows: standings.flatMap { standing in
        standing.entries.enumerated().map { number, entry in
          let (ratio, interval) = ratio(entry, standing)
          return identity(number, entry, standing) + ["\(entry.timed.mark)"]
            + [
              1_000 * entry.timed.time.seconds, entry.timed.time.updateShare, standing.mean(entry), ratio, interval[0],
              interval[1], standing.seconds(entry, to: standing.mean(standing.bestBaseline)),
              standing.seconds(entry, to: standing.lowest), entry.best?.loss,
            ].map { CSVTable.number($0) } + [entry.best?.contender.rate.map { "\($0)" } ?? ""]
            + [CSVTable.number(entry.best?.seconds)]
        }
      })
  }

  /// The first columns of both tables: what a baseline is tuned for is the loss itself.
  private func identity(_ number: Int, _ entry: Standing.Entry, _ standing: Standing) -> [String] {
    let contender = entry.timed.curves.contender
    return [
      standing.loss.rawValue, contender.kind.rawValue, number < learned.count ? learned[number].objective : "",
      contender.rate.map { "\($0)" } ?? "",
    ]
  }
}
