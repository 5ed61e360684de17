package import Files

/// An error with which the engine refuses a problem or a processor.
package typealias EngineError = CodedError<EngineErrorCode>

/// The kinds of ``EngineError``.
package enum EngineErrorCode: ErrorCode {
  /// There is no inner problem of the name.
  case unknownProblem
  /// An inner problem takes images of another shape.
  case wrongShape
  /// There is no instruction set of the name, or this processor lacks it.
  case unknownInstructionSet

  /// The code with which a tool exits that this error ends.
  package var exitCode: ExitCode {
    switch self {
    case .unknownProblem, .unknownInstructionSet: .usage
    case .wrongShape: .data
    }
  }
}
