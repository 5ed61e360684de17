import Engine
package import Evaluation
import Foundation

extension Plot {
  /// Plots an evaluation's curves: the median of each optimizer's training loss, with the band between its quartiles,
  /// by inner step and by time.
  package init(_ evaluation: EvaluationCurves) {
    let plan = evaluation.plan
    let losses = evaluation.curves.flatMap { $0.points.flatMap { [$0.lowerQuartile, $0.upperQuartile] } }
    let ends = evaluation.curves.compactMap { $0.points.last?.seconds }
    func panel(
      _ title: String, x label: String, isLogarithmic: Bool, _ x: (EvaluationCurves.Point) -> Double
    ) -> Panel {
      Panel(
        title, x: label, y: "training loss", xIsLogarithmic: isLogarithmic, yIsLogarithmic: Self.spans(5, losses),
        series: evaluation.curves.map { curve in
          Series(
            curve.label,
            curve.points.map { Point(x($0), $0.median, low: $0.lowerQuartile, high: $0.upperQuartile) },
            style: .optimizer(curve.optimizer))
        })
    }
    let runs = "\(plan.tasks * plan.initialisations) training runs (tasks × initialisations)"
    self.init(
      title: "Training loss of \(plan.problem)",
      caption: """
        \(plan.summary).
        Lines: medians over \(runs) of the mean of a run's last ⌊t/10⌋ minibatch losses at step t; bands: from the lower \
        to the upper quartile. Time: steps × the optimizer's median seconds a step on one thread, all in the same engine: \
        \(evaluation.curves.map(\.timing).joined(separator: ", ")).
        \(plan.trials == nil ? "" : evaluation.curves.compactMap(\.tuning).joined(separator: "; "))
        """,
      panels: [
        panel("by step", x: "inner steps", isLogarithmic: false) { Double($0.step) },
        panel("by wall-clock", x: "seconds", isLogarithmic: Self.spans(4, ends)) { $0.seconds },
      ])
  }

  /// Returns whether the largest value is more than `factor` times the smallest, so that a linear axis would hide one.
  static func spans(_ factor: Double, _ values: [Double]) -> Bool {
    guard let low = values.min(), let high = values.max() else { return false }
    return low > 0 && high > factor * low
  }
}

extension EvaluationCurves.Curve {
  /// The optimizer's name in the legend.
  fileprivate var label: String {
    let rate = learningRate.map { String(format: ", rate %.2g", Double($0)) }
    let scale = stepScale.flatMap { $0 == 1 ? nil : String(format: ", scale %.3g", Double($0)) }
    return name + (rate ?? scale ?? "")
  }

  /// The optimizer's name, with its schedule where that is not the constant one.
  private var name: String { schedule == .constant ? optimizer : "\(optimizer), \(schedule.rawValue)" }

  fileprivate var timing: String { String(format: "\(name) %.3g ms", 1_000 * secondsPerStep) }

  /// The tuned values as text, for example "adam: beta1 0.87, …"; nil for the learned optimizer.
  fileprivate var tuning: String? {
    hyperparameters.map { values in "\(name): \(Hyperparameter.text(values))" }
  }
}
