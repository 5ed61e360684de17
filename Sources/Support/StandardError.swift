import Foundation

/// Where people are told what a program does.
public enum StandardError {
  /// Writes `text` as it is. Where nobody can be told any more, as when a log's pipe is closed or its disk is full, the
  /// work goes on.
  public static func write(_ text: String) {
    try? SystemCall.write(STDERR_FILENO, Data(text.utf8), path: "standard error")
  }

  /// Where it is closed, keeps its number from being that of a file that is opened later, into which it would write.
  static func reserve() {
    guard fcntl(STDERR_FILENO, F_GETFD) == -1 else { return }
    let descriptor = open("/dev/null", O_WRONLY)
    guard descriptor != -1, descriptor != STDERR_FILENO else { return }
    dup2(descriptor, STDERR_FILENO)
    close(descriptor)
  }
}
