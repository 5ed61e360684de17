package import Files

/// Why an evaluation cannot be made.
package typealias EvaluationError = CodedError<EvaluationErrorCode>

/// The kinds of ``EvaluationError``.
package enum EvaluationErrorCode: ErrorCode {
  /// A task has no images to train or to validate with.
  case noImages
  /// The file of a plan cannot be read, or says what cannot be.
  case wrongPlan

  package var exitCode: ExitCode {
    switch self {
    case .noImages: .data
    case .wrongPlan: .configuration
    }
  }
}
