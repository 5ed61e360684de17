import Foundation
import Synchronization
import Testing

@testable import Threads

@Suite struct ThreadPoolTests {
  @Test("work that comes when earlier work is done runs on the threads of that, the first piece on the first thread")
  func stays() {
    let pool = ThreadPool()
    let threads = Mutex<[Set<pthread_t>]>([[], []])
    for _ in 0..<50 {
      let both = DispatchGroup()
      for _ in 0..<2 { both.enter() }
      pool.start(2) { number in
        both.leave()
        both.wait()  // until the other one runs too
        threads.withLock { _ = $0[number].insert(pthread_self()) }
      }.wait()
    }
    #expect(pool.count == 2)
    #expect(threads.withLock { $0.map(\.count) } == [1, 1])
  }

  @Test("work that comes while other work runs gets a thread of its own, and may come from a thread of the pool")
  func grows() {
    let pool = ThreadPool()
    let threads = Mutex<Set<pthread_t>>([])
    pool.start(1) { _ in
      threads.withLock { _ = $0.insert(pthread_self()) }
      pool.start(1) { _ in
        threads.withLock { _ = $0.insert(pthread_self()) }
      }.wait()
    }.wait()
    #expect(threads.withLock { $0.count } == 2)
    #expect(pool.count == 2)
  }
}
