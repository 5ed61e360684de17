import Foundation

/// Where people are told what a program does.
public enum StandardError {
  /// Writes `text` as it is. Where nobody can be told any more, as when a log's pipe is closed or its disk is full, the
  /// work goes on.
  public static func write(_ text: String) {
    try? SystemCall.write(STDERR_FILENO, Data(text.utf8), path: "standard error")
  }
}
