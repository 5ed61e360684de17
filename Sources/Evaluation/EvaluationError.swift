package import Files

/// An error that keeps an evaluation from being made.
package typealias EvaluationError = CodedError<EvaluationErrorCode>

/// The kinds of ``EvaluationError``.
package enum EvaluationErrorCode: ErrorCode {
  /// A task has no images to train or to validate with.
  case noImages
  /// The file of a plan or of a suite cannot be read, or has a value that is not allowed.
  case wrongPlan
  /// No folder was given for the name of a data set of a suite.
  case missingDataset
  /// A data set does not fit a row of a suite.
  case unfitDataset

  /// The code with which a tool exits that this error ends.
  package var exitCode: ExitCode {
    switch self {
    case .noImages, .unfitDataset: .data
    case .wrongPlan: .configuration
    case .missingDataset: .usage
    }
  }
}
