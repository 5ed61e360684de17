/// The findings of an evaluation.
package struct EvaluationReport: Sendable, Equatable {
  /// The results of the learned optimizer and then of the baselines.
  package var results: [EvaluationResult]
  /// The losses of each result's runs, of the kind that baselines were tuned for, tasks outside and initialisations inside.
  package var losses: [[Double]]
  /// The curves of the same optimizers.
  package var curves: EvaluationCurves
}
