import Files

/// An error that keeps the daemon from serving.
typealias DaemonError = CodedError<DaemonErrorCode>

/// The kinds of ``DaemonError``.
enum DaemonErrorCode: ErrorCode {
  /// Another process listens on the port.
  case portTaken
  /// The address is none of this machine's, or may not be used.
  case cannotListen

  var exitCode: ExitCode {
    switch self {
    case .portTaken: .temporary
    case .cannotListen: .unavailable
    }
  }
}
