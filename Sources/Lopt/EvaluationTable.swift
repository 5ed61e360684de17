import Commands
import Engine
import Evaluation
import Foundation

/// The results of an evaluation as lines of text.
struct EvaluationTable: CustomStringConvertible {
  var plan: EvaluationPlan
  var results: [EvaluationResult]

  var description: String {
    let header = [
      "optimizer", "rate", "train", "validation", "accuracy", "ratio to best baseline", "s/1000 steps",
      "update's share", "steps to Adam's", "to best baseline's: steps", "time",
    ]
    func percent(_ share: Double) -> String { String(format: "%.0f %%", 100 * share) }
    let isSearch = plan.trials != nil
    let rows = results.map { result in
      [
        result.optimizer, result.learningRate.map { String(format: "%.2g", Double($0)) } ?? "–",
        String(format: "%.4f", result.trainLoss), String(format: "%.4f", result.validationLoss),
        String(format: "%.1f %%", 100 * result.validationAccuracy),
        String(format: "%.3f … %.3f", result.ratioInterval[0], result.ratioInterval[1]),
        String(format: "%.3f", result.secondsPer1000Steps), percent(result.updateShare),
        result.stepsToAdamLoss.map { String($0) } ?? "never",
        result.shareOfBestBaselineSteps.map(percent) ?? "never",
        result.shareOfBestBaselineSeconds.map(percent) ?? "never",
      ] + (isSearch ? [result.hyperparameters.map(Hyperparameter.text) ?? "–"] : [])
    }
    let table = TextTable(header: header + (isSearch ? ["hyperparameters"] : []), rows: rows)
    return "\(plan.summary)\n\(table)"
  }
}
