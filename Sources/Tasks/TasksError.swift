package import Files

/// An error that keeps a task, or a truncation that is given as a file, from being run.
package typealias TasksError = CodedError<TasksErrorCode>

/// The kinds of ``TasksError``.
package enum TasksErrorCode: ErrorCode {
  /// The case of a truncation is not what its documentation says.
  case wrongCase

  /// The code with which a tool exits that this error ends.
  package var exitCode: ExitCode {
    switch self {
    case .wrongCase: .data
    }
  }
}
