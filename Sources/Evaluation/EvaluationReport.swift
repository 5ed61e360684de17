/// The findings of an evaluation.
package struct EvaluationReport: Sendable, Equatable {
  /// The results of the learned optimizer and then of the baselines.
  package var results: [EvaluationResult]
  /// The curves of the same optimizers.
  package var curves: EvaluationCurves
}
