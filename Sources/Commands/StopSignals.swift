import Dispatch
import Foundation
package import Threads

/// SIGTERM and SIGINT, which do nothing but set a flag from when this is made until it is released.
package final class StopSignals {
  private let sources: [any DispatchSourceSignal]

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
