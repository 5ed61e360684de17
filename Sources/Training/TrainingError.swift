package import Files

/// An error that keeps a run of outer-training from starting or going on, or a model card from being made.
package typealias TrainingError = CodedError<TrainingErrorCode>

/// The kinds of ``TrainingError``.
package enum TrainingErrorCode: ErrorCode {
  /// None of the state's files is sound.
  case damagedState
  /// A folder holds no run's state.
  case missingState
  /// The file to write is there already.
  case exists
  /// A newer version of the tool wrote the state.
  case newerFormat
  /// The disk has so little room left that nothing is written.
  case diskNearlyFull
  /// A model card, or a file that one is made from, belongs to something else than the snapshot.
  case wrongCard
  /// The commit that trained is not known.
  case unknownCommit

  /// The code with which a tool exits that this error ends.
  package var exitCode: ExitCode {
    switch self {
    case .missingState: .noInput
    case .exists: .cannotCreate
    case .diskNearlyFull: .inputOutput
    case .damagedState, .newerFormat, .wrongCard: .data
    case .unknownCommit: .unavailable
    }
  }
}
