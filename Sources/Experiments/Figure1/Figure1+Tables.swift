import Engine
import Evaluation
import Snapshots
import Tasks

/// The tables of figure 1.
extension Figure1 {
  /// Returns the table of the curves, those of the baselines for twice the figure's range.
  func curves(_ standings: [Standing]) -> CSVTable {
    CSVTable(
      columns: [
        "loss", "optimizer", "objective", "learning_rate", "step_scale", "step", "seconds", "mean", "lower_quartile",
        "upper_quartile",
      ],
      rows: standings.flatMap { standing in
        standing.entries.flatMap { entry in
          standing.points(entry).map { point in
            identity(entry, standing) + ["\(point.step)"]
              + [
                Double(point.step) * entry.timed.time.seconds, point.mean, point.lowerQuartile, point.upperQuartile,
              ].map { CSVTable.number($0) }
          }
        }
      })
  }

  /// Returns the table with one row for each optimizer and loss: its step's time, its loss, and comparisons.
  func summary(_ standings: [Standing]) -> CSVTable {
    CSVTable(
      "summary",
      columns: [
        "loss", "optimizer", "objective", "learning_rate", "step_scale", "steps", "seconds_per_1000_steps",
        "update_share",
        "mean", "ratio", "ratio_low", "ratio_high", "seconds_to_best_baseline", "seconds_to_lowest", "lowest",
        "lowest_learning_rate", "lowest_seconds",
      ],
      rows: standings.flatMap { standing in
        standing.entries.map { entry in
          let (ratio, interval) = ratio(entry, standing)
          return identity(entry, standing) + ["\(entry.timed.mark)"]
            + [
              1_000 * entry.timed.time.seconds, entry.timed.time.updateShare, standing.mean(entry), ratio, interval[0],
              interval[1], standing.seconds(entry, to: standing.mean(standing.bestBaseline)),
              standing.seconds(entry, to: standing.lowest), entry.best?.loss,
            ].map { CSVTable.number($0) } + [entry.best?.contender.rate.map { "\($0)" } ?? ""]
            + [CSVTable.number(entry.best?.seconds)]
        }
      })
  }

  /// Returns the first columns of both tables. A baseline is tuned for the row's loss itself, so it has no objective.
  private func identity(_ entry: Standing.Entry, _ standing: Standing) -> [String] {
    let contender = entry.timed.curves.contender
    return [
      standing.loss.rawValue, entry.kind.rawValue, entry.objective ?? "", contender.rate.map { "\($0)" } ?? "",
      contender.stepScale.map { "\($0)" } ?? "",
    ]
  }
}
