import CProcess
import Synchronization

/// A handler of signals. As long as it lives they only call a function; after that they do nothing.
///
/// A signal that arrives after the initialiser has returned is never lost; nor is one that a tool took before (`CStart`):
/// its first handler is called for it. At most one handler lives for a signal.
package final class SignalHandler: Sendable {
  private struct Handlers {
    var bodies: [Int32: @Sendable () -> Void] = [:]
    /// The signals that have or had a handler.
    var known: Set<Int32> = []
    /// The signals that arrived before their first handler.
    var early: Set<Int32> = []

    /// Returns what is to be called for a signal that arrived.
    mutating func body(of number: Int32) -> (@Sendable () -> Void)? {
      if !known.contains(number) { early.insert(number) }
      return bodies[number]
    }

    /// Adds a handler's function, and returns whether it is to be called at once.
    mutating func add(_ body: @escaping @Sendable () -> Void, of number: Int32) -> Bool {
      known.insert(number)
      bodies[number] = body
      return early.remove(number) != nil
    }
  }

  private static let handlers = Mutex(Handlers())

  /// Starts the thread that calls the functions, when the first handler is made. It never ends.
  private static let calls: Void = {
    precondition(lopt_open_signals() == 0, "a process that starts has room for a pipe")
    Threads.start(named: "signals") {
      while true {
        let number = lopt_next_signal()
        handlers.withLock { $0.body(of: number) }?()
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
      if Self.handlers.withLock({ $0.add(body, of: number) }) { body() }
      lopt_take_signal(number)
    }
  }

  deinit {
    for number in signals {
      lopt_ignore_signal(number)
      Self.handlers.withLock { $0.bodies[number] = nil }
    }
  }
}
