/// What an evaluation found.
package struct EvaluationReport: Sendable, Equatable {
  /// The learned optimizer's, then those of the baselines.
  package var results: [EvaluationResult]
  package var curves: EvaluationCurves
}
