package import Threads

#if canImport(Glibc)
  import Glibc
#endif

/// A handler of SIGTERM and SIGINT. As long as it lives, the signals only set a flag.
package final class StopSignals {
  private let handler: SignalHandler

  /// Begins to handle the signals.
  /// - Parameter flag: is set by either signal.
  package init(setting flag: StopFlag) { handler = SignalHandler([SIGTERM, SIGINT]) { flag.set() } }
}
