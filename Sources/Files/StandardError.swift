import Foundation

/// Where people are told what a program does.
public enum StandardError {
  /// Writes `text` as it is. Where nobody can be told any more, as when a log's pipe is closed or its disk is full, the
  /// work goes on.
  public static func write(_ text: String) {
    try? SystemCall.write(STDERR_FILENO, Data(text.utf8), path: "standard error")
  }

  /// Keeps the numbers of closed standard streams from files that are opened later, into which would be written what is
  /// said. Takes the free ones alone: the runtime's threads open their own at the same time.
  package static func reserve() {
    var descriptor: Int32
    repeat { descriptor = open("/dev/null", O_RDWR) } while (0...STDERR_FILENO).contains(descriptor)
    close(descriptor)
  }
}
