public import Support

/// What went wrong with a snapshot or with a file of a run's state.
public struct SnapshotError: ReportedError, Equatable {
  public enum Code: Sendable {
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
  }

  public var code: Code
  /// One sentence that names the file and what to do.
  public var description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  public var exitCode: ExitCode {
    switch code {
    case .damaged, .newerFormat, .untrusted: .data
    case .missing: .noInput
    case .exists: .cannotCreate
    case .locked: .temporary
    case .server: .unavailable
    case .denied: .permission
    }
  }
}
