package import Files

/// What the engine refuses.
package typealias EngineError = CodedError<EngineErrorCode>

/// The kinds of ``EngineError``.
package enum EngineErrorCode: ErrorCode {
  /// No inner problem has the name.
  case unknownProblem
  /// An inner problem takes images of another shape.
  case wrongShape
  /// The name is of no instruction set, or of one that this processor lacks.
  case unknownInstructionSet

  package var exitCode: ExitCode {
    switch self {
    case .unknownProblem, .unknownInstructionSet: .usage
    case .wrongShape: .data
    }
  }
}
