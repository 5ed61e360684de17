import Support

/// What is wrong with the raw files of a source.
struct DataPrepError: ReportedError, Equatable {
  enum Code {
    /// A file of the source is not there or cannot be opened.
    case missing
    /// A file does not have the format that it should have.
    case notIDX
    /// A file ends too early, or its compression is damaged.
    case damaged
    /// A file says something that the source cannot mean.
    case contradiction
    /// A library that decodes or encodes images refused, for a reason that is not in a file.
    case library
  }

  var code: Code
  /// The file or folder.
  var path: String
  /// What is wrong with it, and what to do.
  var message: String

  init(_ code: Code, _ path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  var description: String { "\(path): \(message)" }

  var exitCode: ExitCode {
    switch code {
    case .missing: .noInput
    case .library: .software
    case .notIDX, .damaged, .contradiction: .data
    }
  }
}
