import Foundation
import Synchronization

/// Standard error, on which people are told what a program does.
public enum StandardError {
  /// A second way to a pipe or a terminal, on which a write never waits; nil where it is something else.
  ///
  /// The stream itself may be shared with other programs, so its own mode must stay as it is.
  private static let impatient: Int32? = {
    guard let status = try? FileStatus(STDERR_FILENO, path: "standard error"),
      status.kind == .pipe || status.kind == .characterDevice
    else { return nil }
    let descriptor = open("/proc/self/fd/\(STDERR_FILENO)", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    return descriptor >= 0 ? descriptor : nil
  }()
  /// Whether the stream is a terminal.
  private static let isTerminal = isatty(STDERR_FILENO) != 0
  /// One text at a time, so that the lines of two threads do not mix.
  private static let turn = Mutex(())

  /// Writes `text` as it is, unless it would have to wait for longer than `patience`: nobody who works is to stand still
  /// because a pipe's reader hangs or a terminal is stopped. What fails otherwise, as where a disk is full, is ignored:
  /// the work goes on.
  ///
  /// - Parameters:
  ///   - text: a line of at most 4,096 bytes is written whole or not at all.
  ///   - patience: seconds.
  /// - Returns: false where the reader takes no more.
  @discardableResult
  public static func write(_ text: String, patience: Double = 0) -> Bool {
    turn.withLock { _ in
      var rest = Data(text.utf8)[...]
      let end = ContinuousClock.now + .seconds(patience)
      while !rest.isEmpty {
        // A pipe takes as much as this whole, or refuses it (pipe(7)). A terminal that is asked first has room for one byte.
        let piece = rest.prefix(impatient == nil && isTerminal ? 1 : Int(PIPE_BUF))
        let count = piece.withUnsafeBytes { writeImpatiently($0) }
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          guard ContinuousClock.now < end else { return false }
          usleep(10_000)
        } else if errno != EINTR {
          return true
        }
      }
      return true
    }
  }

  /// Tells people something in one line, of which a part may be a stranger's text: it cannot make lines of its own, nor
  /// anything else of the terminal (``Swift/String/printableLine``).
  ///
  /// It waits for at most two seconds.
  public static func tell(_ sentence: String) { write(sentence.printableLine + "\n", patience: 2) }

  /// write(2), which fails with EAGAIN where it would wait.
  private static func writeImpatiently(_ bytes: UnsafeRawBufferPointer) -> Int {
    if let impatient { return Foundation.write(impatient, bytes.baseAddress, bytes.count) }
    // A socket, such as systemd's journal has, knows of no waiting by a flag of the call.
    let sent = send(STDERR_FILENO, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
    if sent >= 0 || errno != ENOTSOCK { return sent }
    // A pipe or a terminal of another user, as under su(1), cannot be opened a second time.
    var question = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    if poll(&question, 1, 0) == 0 {
      errno = EAGAIN
      return -1
    }
    return Foundation.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
  }
}
