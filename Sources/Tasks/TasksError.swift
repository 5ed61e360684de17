package import Files

/// Why a task, or a truncation that is given as a file, cannot be run.
package typealias TasksError = CodedError<TasksErrorCode>

/// The kinds of ``TasksError``.
package enum TasksErrorCode: ErrorCode {
  /// The case of a truncation is not what its documentation says.
  case wrongCase

  package var exitCode: ExitCode {
    switch self {
    case .wrongCase: .data
    }
  }
}
