/// The exit codes of every tool, by sysexits.h.
public enum ExitCode: Int32, Sendable {
  /// The command line is wrong (EX_USAGE).
  case usage = 64
  /// Input data is damaged or not what it should be (EX_DATAERR).
  case data = 65
  /// An input file is missing or cannot be read (EX_NOINPUT).
  case noInput = 66
  /// A server cannot be reached (EX_UNAVAILABLE).
  case unavailable = 69
  /// A mistake of the program itself (EX_SOFTWARE).
  case software = 70
  /// An output exists already or cannot be made (EX_CANTCREAT).
  case cannotCreate = 73
  /// Reading or writing failed, for example because the disk is full (EX_IOERR).
  case inputOutput = 74
  /// Somebody else holds what is needed; later it may work (EX_TEMPFAIL).
  case temporary = 75
  /// The user, or the token, may not do it (EX_NOPERM).
  case permission = 77
  /// The configuration is wrong (EX_CONFIG).
  case configuration = 78
}

/// An error that a tool prints as it is, and the code with which it then exits.
///
/// The description is one sentence that names the file or key and says what to do where that is not plain. Most errors
/// are a ``CodedError``; those of system calls are a ``FileError``.
public protocol ReportedError: Error, CustomStringConvertible, Sendable {
  /// The code with which a tool exits that this error ends.
  var exitCode: ExitCode { get }
}
