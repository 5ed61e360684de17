import Commands
import Engine
import Evaluation
import Foundation

/// The findings of a suite as lines of text, and as a page.
struct SuiteTable: CustomStringConvertible {
  var suite: Suite
  /// The name of the snapshot's file.
  var snapshot: String
  var report: SuiteReport

  var description: String {
    ([heading, rows.description, "", means.description] + diverged).joined(separator: "\n")
  }

  /// A line that says what was run.
  var heading: String { "\(suite.name), \(report.rows.count) rows, with \(snapshot): \(suite.purpose)" }

  /// Returns the findings as a page in Markdown.
  /// - Parameter figure: the name of the file with the performance profile.
  func page(figure: String) -> String {
    let plans = zip(suite.rows, report.rows).map { "- \($1.name): \($0.plan.summary)" }
    return """
      # Suite \(suite.name)

      \(heading)

      ![The share of rows by their ratio](\(figure))

      \(means.markdown)

      \(rows.markdown)
      \(diverged.map { "\n\($0)\n" }.joined())
      What was run:

      \(plans.joined(separator: "\n"))

      """
  }

  /// The names of the learned optimizer at the step scale 1 and at the best one.
  private var optimizers: [String] { report.summaries.map(\.optimizer) }

  private var rows: TextTable {
    TextTable(
      header: [
        "row", "optimizer", "step scale", "schedule", "loss", "best baseline", "its loss", "ratio", "95 % interval",
        "to the best baseline's loss: steps", "seconds", "diverged",
      ],
      rows: report.rows.flatMap { row in
        optimizers.compactMap { row.standing($0) }.map { cells($0, row) }
      })
  }

  private func cells(_ standing: SuiteReport.Standing, _ row: SuiteReport.Row) -> [String] {
    let best = row.standing(row.bestBaseline)
    return [
      row.name, standing.optimizer, standing.stepScale.map { String(format: "%.4g", Double($0)) } ?? "–",
      standing.schedule.rawValue, Self.digits(standing.loss),
      "\(row.bestBaseline) \(best?.learningRate.map { String(format: "%.2g", Double($0)) } ?? "")",
      Self.digits(best?.loss ?? .nan), Self.digits(standing.ratio), Self.interval(standing.ratioInterval),
      standing.stepsToBestBaselineLoss.map { "\($0)" } ?? "never",
      standing.secondsToBestBaselineLoss.map { String(format: "%.3g", $0) } ?? "never",
      standing.divergedRuns == 0 ? "–" : "\(standing.divergedRuns) of \(standing.runs)",
    ]
  }

  private var means: TextTable {
    TextTable(
      header: ["over all rows", "geometric mean", "95 % interval", "interquartile mean", "95 % interval", "below 1"],
      rows: report.summaries.map { summary in
        [
          summary.optimizer, Self.digits(summary.geometricMean), Self.interval(summary.geometricMeanInterval),
          Self.digits(summary.interquartileMean), Self.interval(summary.interquartileMeanInterval),
          "\(summary.rowsBelowOne) of \(report.rows.count)",
        ]
      })
  }

  /// Sentences on rows that diverged; none where none did.
  private var diverged: [String] {
    report.summaries.filter { $0.rowsWithDivergedRuns > 0 }.map { summary in
      let names = report.rows.filter { $0.standing(summary.optimizer)?.divergedRuns ?? 0 > 0 }.map(\.name)
      return
        "\(summary.optimizer) diverged in \(names.joined(separator: ", ")): each such run counts, with the loss 10."
    }
  }

  private static func digits(_ number: Double) -> String { String(format: "%.4g", number) }
  private static func interval(_ ends: [Double]) -> String { "\(digits(ends[0])) … \(digits(ends[1]))" }
}
