import Dispatch
import Foundation
package import Threads

/// A handler of SIGTERM and SIGINT. As long as it lives, the signals only set a flag.
package final class StopSignals {
  private let sources: [any DispatchSourceSignal]

  /// Begins to handle the signals.
  /// - Parameter flag: is set by either signal.
  package init(setting flag: StopFlag) {
    // They are taken by dispatch, on threads of its own, whatever the others do.
    sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { flag.set() }
      source.activate()
      return source
    }
  }
}
