import CProcess
import Synchronization

/// A handler of signals. As long as it lives they only call a function; after that they do nothing.
///
/// A signal that arrives after the initialiser has returned is never lost. At most one handler lives for a signal.
package final class SignalHandler: Sendable {
  private static let bodies = Mutex<[Int32: @Sendable () -> Void]>([:])

  /// Starts the thread that calls the functions, when the first handler is made. It never ends.
  private static let calls: Void = {
    precondition(lopt_open_signals() == 0, "a process that starts has room for a pipe")
    Threads.start(named: "signals") {
      while true {
        let number = lopt_next_signal()
        bodies.withLock { $0[number] }?()
      }
    }
  }()

  private let signals: [Int32]

  /// Begins to handle signals.
  /// - Parameters:
  ///   - signals: their numbers, for example `SIGTERM`.
  ///   - body: is called on a thread that all handlers share, and must be short.
  package init(_ signals: [Int32], _ body: @escaping @Sendable () -> Void) {
    self.signals = signals
    Self.calls
    for number in signals {
      Self.bodies.withLock { $0[number] = body }
      lopt_take_signal(number)
    }
  }

  deinit {
    for number in signals {
      lopt_ignore_signal(number)
      Self.bodies.withLock { $0[number] = nil }
    }
  }
}
