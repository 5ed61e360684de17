import Synchronization
import Testing
import Threads

@testable import Engine

/// Threads that run truncations for as long as results are wanted.
@Suite struct TruncationThreadsTests {
  private final class Results: Sendable {
    let waiting = Mutex(0)
  }

  @Test("while too many results wait no truncation begins; each time that there is room the threads go on")
  func waitsForRoom() throws {
    let results = Results()
    let threads = TruncationThreads(
      workers: 3, threads: 2, isFull: { results.waiting.withLock { $0 >= 2 } },
      body: { _, _, _ in
        results.waiting.withLock { $0 += 1 }
        return true
      })
    defer { threads.end() }
    for _ in 0..<50 {
      while results.waiting.withLock({ $0 < 2 }) { try threads.waitForResult() }
      // One more may have begun when the last but one came.
      #expect(results.waiting.withLock { $0 <= 3 })
      results.waiting.withLock { $0 = 0 }
      threads.roomWasMade()
    }
  }
}
