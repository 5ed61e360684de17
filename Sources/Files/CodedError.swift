/// What can go wrong in one module, one case a kind, and the exit code of a tool that it ends.
public protocol ErrorCode: Equatable, Sendable {
  var exitCode: ExitCode { get }
}

/// An error of one module: its kind, for programs, and one sentence, for people.
///
/// Each module names its own, for example `typealias SnapshotError = CodedError<SnapshotErrorCode>`.
public struct CodedError<Code: ErrorCode>: ReportedError, Equatable {
  public var code: Code
  /// One sentence that names the file, folder, address or key, and says what to do where that is not plain.
  public var description: String

  public var exitCode: ExitCode { code.exitCode }

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// An error about a file or folder.
  ///
  /// - Parameter message: What is wrong with it, and what to do.
  public init(_ code: Code, _ path: String, _ message: String) {
    self.init(code, "\(path): \(message)")
  }
}
