import Foundation

/// Tells systemd how far the daemon is (sd_notify(3)); does nothing where nobody asked to be told.
struct ServiceManager: Sendable {
  private let socket: UnixSocket?
  /// The time within which ``feedWatchdog()`` must be called again, once ready; nil: need not.
  let watchdogInterval: Duration?

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    socket = environment["NOTIFY_SOCKET"].flatMap { UnixSocket(path: $0, type: SOCK_DGRAM) }
    let isMeant = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    watchdogInterval = isMeant ? environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { .microseconds($0) } : nil
  }

  private func notify(_ lines: String...) { socket?.send(Data(lines.joined(separator: "\n").utf8)) }

  /// The start, or a reload, is done.
  func ready() { notify("READY=1") }

  /// A line that `systemctl status` shows.
  func status(_ text: String) { notify("STATUS=\(text)") }

  /// Starting or stopping takes this much longer, from now on.
  func extendTimeout(by seconds: Int, status: String) {
    notify("EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000)", "STATUS=\(status)")
  }

  func reloading() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    notify("RELOADING=1", "MONOTONIC_USEC=\(Int(now.tv_sec) * 1_000_000 + Int(now.tv_nsec) / 1_000)")
  }

  func stopping() { notify("STOPPING=1", "STATUS=stopping") }

  func feedWatchdog() { notify("WATCHDOG=1") }
}
