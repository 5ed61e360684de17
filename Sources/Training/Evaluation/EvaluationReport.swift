/// What an evaluation found.
public struct EvaluationReport: Sendable, Equatable {
  /// The learned optimizer's, then those of the baselines.
  public var results: [EvaluationResult]
  public var curves: EvaluationCurves
}
