/// The kinds of failure of one module. Each kind has the code with which a tool exits.
public protocol ErrorCode: Equatable, Sendable {
  /// The code with which a tool exits that this kind of failure ends.
  var exitCode: ExitCode { get }
}

/// An error of one module: its kind, for programs, and one sentence, for people.
///
/// Each module gives its own a name, for example `typealias SnapshotError = CodedError<SnapshotErrorCode>`.
public struct CodedError<Code: ErrorCode>: ReportedError, Equatable {
  /// The kind of failure.
  public var code: Code
  /// One sentence that names the file, folder, address or key, and says what to do where that is not plain.
  public var description: String

  /// The code with which a tool exits that this error ends.
  public var exitCode: ExitCode { code.exitCode }

  /// Makes an error of a kind with the sentence that people read.
  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// Makes an error about a file or folder, whose path begins the sentence.
  ///
  /// - Parameter message: says what is wrong with it, and what to do.
  public init(_ code: Code, _ path: String, _ message: String) {
    self.init(code, "\(path): \(message)")
  }
}
