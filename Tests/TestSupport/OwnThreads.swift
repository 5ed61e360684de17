import Foundation
import Synchronization
package import Testing

/// A suite's tests run on threads that no other test waits on.
///
/// All tests begin at once, on as many threads as there are processors, and one that waits for a program holds its thread.
/// A test that speaks to a server would wait behind all of them for each answer, for minutes.
package struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
  /// The trait is each test's, too.
  package var isRecursive: Bool { true }

  /// Runs a test on the threads.
  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(ThreadExecutor.shared) { try await function() }
  }
}

extension Trait where Self == OwnThreads {
  /// The tests run on threads that no other test waits on: those of a suite that awaits what servers answer.
  package static var ownThreads: Self { OwnThreads() }
}

/// Runs the jobs of tasks in the order in which they come, on four threads.
private final class ThreadExecutor: TaskExecutor {
  static let shared = ThreadExecutor()

  private let jobs = Mutex<[UnownedJob]>([])
  private let count = DispatchSemaphore(value: 0)

  private init() {
    for _ in 0..<4 {
      Thread { [self] in
        while true {
          count.wait()
          jobs.withLock { $0.removeFirst() }.runSynchronously(on: asUnownedTaskExecutor())
        }
      }.start()
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    count.signal()
  }
}
