import Commands
import Engine
import Evaluation
import Foundation

/// The results of an evaluation as lines of text.
struct EvaluationTable: CustomStringConvertible {
  var plan: EvaluationPlan
  var results: [EvaluationResult]

  /// A column: its header, and its text for a result.
  private typealias Column = (header: String, cell: (EvaluationResult) -> String)

  var description: String {
    let columns = columns
    let table = TextTable(
      header: columns.map(\.header), rows: results.map { result in columns.map { $0.cell(result) } })
    return "\(plan.summary)\n\(table)"
  }

  /// The columns of the plan: what it did not ask for has none.
  private var columns: [Column] {
    let runs = plan.tasks * plan.initialisations
    func percent(_ share: Double) -> String { String(format: "%.0f %%", 100 * share) }
    let notReached = plan.comparedBaselines.contains(.adam) ? "never" : "–"
    let scale: Column = ("step scale", { $0.stepScale.map { String(format: "%.4g", Double($0)) } ?? "–" })
    let schedule: Column = ("schedule", { $0.schedule.rawValue })
    let first: [Column] = [
      ("optimizer", { $0.optimizer }),
      ("rate", { $0.learningRate.map { String(format: "%.2g", Double($0)) } ?? "–" }),
    ]
    let rest: [Column] = [
      ("train", { String(format: "%.4f", $0.trainLoss) }),
      ("validation", { String(format: "%.4f", $0.validationLoss) }),
      ("accuracy", { String(format: "%.1f %%", 100 * $0.validationAccuracy) }),
      ("ratio to best baseline", { String(format: "%.3f … %.3f", $0.ratioInterval[0], $0.ratioInterval[1]) }),
      ("s/1000 steps", { String(format: "%.3f", $0.secondsPer1000Steps) }),
      ("update's share", { percent($0.updateShare) }),
      ("steps to Adam's", { $0.stepsToAdamLoss.map { String($0) } ?? notReached }),
      ("to best baseline's: steps", { $0.shareOfBestBaselineSteps.map(percent) ?? "never" }),
      ("time", { $0.shareOfBestBaselineSeconds.map(percent) ?? "never" }),
    ]
    let searched: Column = ("hyperparameters", { $0.hyperparameters.map(Hyperparameter.text) ?? "–" })
    let diverged: Column = ("diverged", { $0.divergedRuns == 0 ? "–" : "\($0.divergedRuns) of \(runs)" })
    return first + (plan.stepScale != nil || plan.tunesLearned == true ? [scale] : [])
      + (plan.schedule != nil ? [schedule] : []) + rest + (results.contains { $0.divergedRuns > 0 } ? [diverged] : [])
      + (plan.trials != nil ? [searched] : [])
  }
}
