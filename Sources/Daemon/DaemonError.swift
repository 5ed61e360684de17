import Support

/// What keeps the daemon from serving.
struct DaemonError: ReportedError, Equatable {
  enum Code: Sendable {
    /// Another process listens on the port.
    case portTaken
    /// The address is none of this machine, or may not be used.
    case cannotListen
  }

  var code: Code
  /// One sentence that names the address and the key to change.
  var description: String

  var exitCode: ExitCode {
    switch code {
    case .portTaken: .temporary
    case .cannotListen: .unavailable
    }
  }
}
