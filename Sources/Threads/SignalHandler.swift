import Dispatch

#if canImport(Glibc)
  import Glibc
#endif

/// A handler of signals. As long as it lives they only call a function; after that they do nothing.
package final class SignalHandler {
  private let sources: [any DispatchSourceSignal]

  /// Begins to handle signals.
  /// - Parameters:
  ///   - signals: their numbers, for example `SIGTERM`.
  ///   - body: is called on a thread of dispatch, and must be short.
  package init(_ signals: [Int32], _ body: @escaping @Sendable () -> Void) {
    sources = signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler(handler: body)
      source.activate()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
