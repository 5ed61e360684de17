import Synchronization
import Threads

#if canImport(Glibc)
  import Glibc
#endif

/// A handler of SIGHUP. As long as it lives, the signal only does what ``onReload(_:)`` was given.
final class ReloadSignal {
  private final class Action: Sendable {
    let body = Mutex<(@Sendable () -> Void)?>(nil)
  }

  private let action = Action()
  private let handler: SignalHandler

  init() {
    handler = SignalHandler([SIGHUP]) { [action] in
      // Under the lock, so that there is one at a time.
      Threads.start(named: "reload") { action.body.withLock { $0?() } }
    }
  }

  /// Calls `body` at every signal from now on, on a thread of its own.
  func onReload(_ body: @escaping @Sendable () -> Void) { action.body.withLock { $0 = body } }
}
