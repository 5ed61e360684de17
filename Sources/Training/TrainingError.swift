package import Files

/// Why a run of outer-training cannot start or go on.
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
  /// So little room is left that nothing is written.
  case diskNearlyFull
  /// A model card, or a file that one is made from, belongs to something else than the snapshot.
  case wrongCard
  /// Which commit trained is not known.
  case unknownCommit

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
