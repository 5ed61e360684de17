public import Files

/// What is wrong with a snapshot, with a file of a run's state, or with a daemon that is asked for one.
public typealias SnapshotError = CodedError<SnapshotErrorCode>

/// The kinds of ``SnapshotError``.
public enum SnapshotErrorCode: ErrorCode {
  /// The bytes are not what was written.
  case damaged
  /// A newer version of the tool wrote it.
  case newerFormat
  /// There is none of that name.
  case missing
  /// A name that exists already; none is ever written again.
  case exists
  /// Another process trains with this state.
  case locked
  /// The server did not give what was asked for.
  case server
  /// The server lets others do it, but not this user or token.
  case denied
  /// The signature, or the age, is not what was asked for.
  case untrusted

  public var exitCode: ExitCode {
    switch self {
    case .damaged, .newerFormat, .untrusted: .data
    case .missing: .noInput
    case .exists: .cannotCreate
    case .locked: .temporary
    case .server: .unavailable
    case .denied: .permission
    }
  }
}
