import Engine
import Files
package import Foundation

/// The curves as a table for other tools.
extension EvaluationCurves {
  /// The names of the table's columns.
  static let columns = [
    "optimizer", "learning_rate", "step", "seconds", "median", "lower_quartile", "upper_quartile", "mean", "step_scale",
    "schedule",
  ]

  /// The table: a comment that says what was run, the columns' names, and a row for each point, optimizer after
  /// optimizer.
  var csv: String {
    let rows = curves.flatMap { curve in
      curve.points.map { point in
        let numbers = [point.seconds, point.median, point.lowerQuartile, point.upperQuartile, point.mean]
        let rate = curve.learningRate.map { "\($0)" } ?? ""
        let pace = [curve.stepScale.map { "\($0)" } ?? "", curve.schedule.rawValue]
        return ([curve.optimizer, rate, "\(point.step)"] + numbers.map(Self.number) + pace).joined(separator: ",")
      }
    }
    return (["# \(plan.summary)", Self.columns.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
  }

  /// Writes the table. The file is there whole or not at all.
  /// - Throws: `FileError` where it cannot be written.
  package func write(csv url: URL) throws { try AtomicFile.write(Data(csv.utf8), to: url) }

  private static func number(_ value: Double) -> String { String(format: "%.7g", value) }
}
