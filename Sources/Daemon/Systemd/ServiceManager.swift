import Files
import Foundation

/// Tells systemd what the daemon is doing (sd_notify(3)). It does nothing where no service manager asked to be told.
///
/// A service manager that does not read is waited for a second where the daemon's state changes, and otherwise not: what is
/// told again and again may be lost.
struct ServiceManager: Sendable {
  private let socket: UnixSocket?
  /// The time within which ``feedWatchdog()`` must be called again, once ready; nil where it need not be.
  let watchdogInterval: Duration?

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    socket = environment["NOTIFY_SOCKET"].flatMap { UnixSocket(path: $0, type: SOCK_DGRAM) }
    let isMeant = environment["WATCHDOG_PID"].map { $0 == String(ProcessInfo.processInfo.processIdentifier) } ?? true
    watchdogInterval = isMeant ? environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { .microseconds($0) } : nil
  }

  private func notify(_ lines: String..., patience: Double = 0) {
    socket?.send(Data(lines.joined(separator: "\n").utf8), patience: patience)
  }

  /// Tells that the start, or a reload, is done.
  func ready() { notify("READY=1", patience: 1) }

  /// Sets the line that `systemctl status` shows. An alarm in it may have a stranger's text, which must stay in that line.
  func status(_ text: String) { notify("STATUS=\(text.printableLine)") }

  /// Asks for this much more time, from now on, for starting or stopping.
  func extendTimeout(by seconds: Int, status: String) {
    notify("EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000)", "STATUS=\(status)")
  }

  func reloading() {
    notify("RELOADING=1", "MONOTONIC_USEC=\(SystemCall.monotonicMicroseconds)", patience: 1)
  }

  func stopping() { notify("STOPPING=1", "STATUS=stopping", patience: 1) }

  func feedWatchdog() { notify("WATCHDOG=1") }
}
