public import Files

/// An error about a snapshot, a file of a run's state, or a daemon that was asked for a snapshot.
public typealias SnapshotError = CodedError<SnapshotErrorCode>

/// The kinds of ``SnapshotError``.
public enum SnapshotErrorCode: ErrorCode {
  /// The bytes are not those that were written.
  case damaged
  /// A newer version of the tool wrote it.
  case newerFormat
  /// No snapshot has the name that was asked for.
  case missing
  /// The name exists already, and no name is ever written again.
  case exists
  /// Another process trains with this state.
  case locked
  /// The server did not give what was asked for.
  case server
  /// The server does not let this user or token do it.
  case denied
  /// The signature, or the age, does not satisfy what was asked for.
  case untrusted
  /// There is no instruction set of the name that was asked for, or this processor lacks it.
  case unknownInstructionSet

  /// The code with which a tool exits that this error ends.
  public var exitCode: ExitCode {
    switch self {
    case .damaged, .newerFormat, .untrusted: .data
    case .missing: .noInput
    case .exists: .cannotCreate
    case .locked: .temporary
    case .server: .unavailable
    case .denied: .permission
    case .unknownInstructionSet: .usage
    }
  }
}
