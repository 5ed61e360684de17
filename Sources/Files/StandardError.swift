import Foundation

/// Standard error, on which people are told what a program does.
public enum StandardError {
  /// Writes `text` as it is. A failure is ignored, as when a log's pipe is closed or its disk is full: the work goes
  /// on.
  public static func write(_ text: String) {
    try? SystemCall.write(STDERR_FILENO, Data(text.utf8), path: "standard error")
  }

  /// Opens `/dev/null` in place of each standard stream that is closed. Otherwise a file that is opened later would get
  /// its number, and with it what is written for people.
  ///
  /// Only the free numbers are taken: the runtime's threads open files of their own at the same time.
  package static func reserve() {
    var descriptor: Int32
    repeat { descriptor = open("/dev/null", O_RDWR) } while (0...STDERR_FILENO).contains(descriptor)
    close(descriptor)
  }
}
