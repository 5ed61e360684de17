import Dispatch
import Foundation

/// A handler of SIGHUP. As long as it lives, the signal only does what ``onReload(_:)`` was given.
final class ReloadSignal {
  private let source: any DispatchSourceSignal
  private let queue = DispatchQueue(label: "reload")

  init() {
    signal(SIGHUP, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: queue)
  }

  /// Calls `body` at every signal from now on, on a thread of its own.
  func onReload(_ body: @escaping @Sendable () -> Void) {
    source.setEventHandler(handler: body)
    source.activate()
  }

  deinit {
    // One that was never activated must be before it is released, and then has nothing to do.
    source.setEventHandler {}
    source.activate()
    source.cancel()
  }
}
