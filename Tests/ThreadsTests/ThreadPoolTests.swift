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
      let group = DispatchGroup()
      let both = DispatchGroup()
      for _ in 0..<2 {
        group.enter()
        both.enter()
      }
      for number in 0..<2 {
        pool.run {
          both.leave()
          both.wait()  // until the other one runs too
          threads.withLock { _ = $0[number].insert(pthread_self()) }
        } done: {
          group.leave()
        }
      }
      group.wait()
    }
    #expect(pool.count == 2)
    #expect(threads.withLock { $0.map(\.count) } == [1, 1])
  }

  @Test("work that comes while other work runs gets a thread of its own, and may come from a thread of the pool")
  func grows() {
    let pool = ThreadPool()
    let group = DispatchGroup()
    let threads = Mutex<Set<pthread_t>>([])
    group.enter()
    pool.run {
      threads.withLock { _ = $0.insert(pthread_self()) }
      let innerGroup = DispatchGroup()
      innerGroup.enter()
      pool.run {
        threads.withLock { _ = $0.insert(pthread_self()) }
      } done: {
        innerGroup.leave()
      }
      innerGroup.wait()
    } done: {
      group.leave()
    }
    group.wait()
    #expect(threads.withLock { $0.count } == 2)
    #expect(pool.count == 2)
  }
}
