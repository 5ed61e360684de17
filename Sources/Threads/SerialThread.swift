/// A thread that runs functions one after the other, and waits for more. It never ends.
package final class SerialThread: Sendable {
  private let work = Monitor<[@Sendable () -> Void]>([])

  /// Starts the thread.
  package init(named name: String) {
    Threads.start(named: name) { [work] in
      while true { Self.next(work)() }
    }
  }

  /// Lets `body` run after all functions that were given before, and returns at once.
  package func run(_ body: @escaping @Sendable () -> Void) { work.withLock { $0.append(body) } }

  private static func next(_ work: Monitor<[@Sendable () -> Void]>) -> @Sendable () -> Void {
    work.wait { $0.isEmpty ? nil : $0.removeFirst() }
  }
}
