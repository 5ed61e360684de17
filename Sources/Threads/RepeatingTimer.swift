import Dispatch
import Files
package import Foundation
import Synchronization

/// Calls something again and again on a thread of its own, by a clock that nobody sets.
package final class RepeatingTimer: Sendable {
  private struct Work {
    var interval: @Sendable () -> TimeInterval
    var body: @Sendable () -> Void
  }

  private let stopping = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  /// Nil once the thread will not call it again.
  private let work: Mutex<Work?>

  /// - Parameter interval: seconds, asked anew for each time.
  package init(every interval: @escaping @Sendable () -> TimeInterval, _ body: @escaping @Sendable () -> Void) {
    work = Mutex(Work(interval: interval, body: body))
  }

  /// Once.
  package func start() {
    let thread = Thread { [self] in
      SystemCall.nameThread("state-timer")
      callUntilStopped()
      work.withLock { $0 = nil }
      ended.signal()
    }
    thread.start()
  }

  /// Of its own, so that it holds nothing of `work` once it has returned.
  @inline(never)
  private func callUntilStopped() {
    while let work = work.withLock({ $0 }), stopping.wait(timeout: .now() + work.interval()) == .timedOut {
      work.body()
    }
  }

  /// Of one that was started. When it returns, `body` has returned and is released: nothing that it holds, such as a
  /// lock, lives on with it.
  package func stop() {
    stopping.signal()
    ended.wait()
  }
}
