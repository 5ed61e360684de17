package import Files

/// An error that keeps an evaluation from being made.
package typealias EvaluationError = CodedError<EvaluationErrorCode>

/// The kinds of ``EvaluationError``.
package enum EvaluationErrorCode: ErrorCode {
  /// A task has no images to train or to validate with.
  case noImages
  /// The file of a plan cannot be read, or has a value that is not allowed.
  case wrongPlan

  /// The code with which a tool exits that this error ends.
  package var exitCode: ExitCode {
    switch self {
    case .noImages: .data
    case .wrongPlan: .configuration
    }
  }
}
