import Files

/// An error that keeps a dataset from being made of its inputs, or copied.
typealias DataPrepError = CodedError<DataPrepErrorCode>

/// The kinds of ``DataPrepError``.
enum DataPrepErrorCode: ErrorCode {
  /// A file of the source is not there or cannot be opened.
  case missing
  /// A file does not have the format that it should have.
  case otherFormat
  /// A file ends too early, or its compression is damaged.
  case damaged
  /// A file says something that the source cannot mean.
  case contradiction
  /// A library that decodes or encodes images refused, for a reason that is not in a file.
  case library
  /// More images had to be skipped than were allowed to be.
  case tooManySkipped
  /// The disk has no room for what is to be made.
  case noSpace
  /// The output is there already.
  case outputExists
  /// The arguments of the command do not go together.
  case usage

  var exitCode: ExitCode {
    switch self {
    case .missing: .noInput
    case .library: .software
    case .otherFormat, .damaged, .contradiction, .tooManySkipped: .data
    case .noSpace: .inputOutput
    case .outputExists: .cannotCreate
    case .usage: .usage
    }
  }
}
