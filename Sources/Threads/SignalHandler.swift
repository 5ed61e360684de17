import Dispatch

#if canImport(Glibc)
  import Glibc
#endif

/// Signals that do nothing but call a function, from when this is made until it is released; then they do nothing.
package final class SignalHandler {
  private let sources: [any DispatchSourceSignal]

  /// - Parameters:
  ///   - signals: their numbers, for example `SIGTERM`.
  ///   - body: called on a thread of dispatch's, whatever the others do, and not for long.
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
