import Dispatch
import Synchronization

/// A timer that calls a function again and again on a thread of its own. Changes of the machine's clock do not matter
/// to it.
package final class RepeatingTimer: Sendable {
  private struct Work {
    var interval: @Sendable () -> Double
    var body: @Sendable () -> Void
  }

  private let stopping: DispatchSemaphore
  private let thread: ThreadGroup

  /// Starts the timer.
  ///
  /// - Parameters:
  ///   - name: the name of the thread.
  ///   - interval: returns the seconds until the first call and between two, and is asked anew for each.
  ///   - body: the function.
  package init(
    named name: String, every interval: @escaping @Sendable () -> Double, _ body: @escaping @Sendable () -> Void
  ) {
    let stopping = DispatchSemaphore(value: 0)
    let work = WorkHolder(Work(interval: interval, body: body))
    self.stopping = stopping
    thread = Threads.start(named: name) {
      Self.call(work, until: stopping)
      work.work.withLock { $0 = nil }
    }
  }

  /// Holds the only reference to the function that is called, so that it can be released before the thread has ended.
  private final class WorkHolder: Sendable {
    let work: Mutex<Work?>
    init(_ work: Work) { self.work = Mutex(work) }
  }

  /// Calls the function until the timer is stopped. It is apart from the thread's own code, so that no reference to the
  /// function is left once it has returned.
  @inline(never)
  private static func call(_ holder: WorkHolder, until stopping: DispatchSemaphore) {
    while let work = holder.work.withLock({ $0 }), stopping.wait(timeout: .now() + work.interval()) == .timedOut {
      work.body()
    }
  }

  /// Stops the timer; it may be called once.
  ///
  /// When it returns, the function that was called has returned and is released. Nothing that it holds, such as a lock,
  /// lives on with it.
  package func stop() {
    stopping.signal()
    thread.wait()
  }
}
