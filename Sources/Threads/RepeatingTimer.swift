import Dispatch
import Synchronization

/// Calls something again and again on a thread of its own, by a clock that nobody sets.
package final class RepeatingTimer: Sendable {
  private struct Work {
    var interval: @Sendable () -> Double
    var body: @Sendable () -> Void
  }

  private let stopping: DispatchSemaphore
  private let thread: ThreadGroup

  /// Starts it.
  ///
  /// - Parameters:
  ///   - name: the name of the thread.
  ///   - interval: seconds until the first call and between two, asked anew for each.
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

  /// Holds the only reference to what is called, so that it can be released before the thread has ended.
  private final class WorkHolder: Sendable {
    let work: Mutex<Work?>
    init(_ work: Work) { self.work = Mutex(work) }
  }

  /// A function of its own, so that it holds nothing of the work once it has returned.
  @inline(never)
  private static func call(_ holder: WorkHolder, until stopping: DispatchSemaphore) {
    while let work = holder.work.withLock({ $0 }), stopping.wait(timeout: .now() + work.interval()) == .timedOut {
      work.body()
    }
  }

  /// Stops it, once. When this returns, the function that was called has returned and is released: nothing that it
  /// holds, such as a lock, lives on with it.
  package func stop() {
    stopping.signal()
    thread.wait()
  }
}
