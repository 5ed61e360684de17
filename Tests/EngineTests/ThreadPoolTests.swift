import Foundation
import Synchronization
import Testing

@testable import Engine

@Suite struct ThreadPoolTests {
  @Test("work that comes when other work is done runs on the threads of that, the first of it on the first")
  func stays() {
    let pool = ThreadPool()
    let names = Mutex<Set<String>>([])
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
          names.withLock { _ = $0.insert("\(number) on \(Thread.current.name ?? "")") }
        } done: {
          group.leave()
        }
      }
      group.wait()
    }
    #expect(pool.count == 2)
    #expect(names.withLock { $0 } == ["0 on engine-0", "1 on engine-1"])
  }

  @Test("work that comes while other work runs gets a thread of its own, and may come from a thread of the pool")
  func grows() {
    let pool = ThreadPool()
    let group = DispatchGroup()
    let inner = Mutex("")
    group.enter()
    pool.run {
      let innerGroup = DispatchGroup()
      innerGroup.enter()
      pool.run {
        inner.withLock { $0 = Thread.current.name ?? "" }
      } done: {
        innerGroup.leave()
      }
      innerGroup.wait()
    } done: {
      group.leave()
    }
    group.wait()
    #expect(inner.withLock { $0 } == "engine-1")
    #expect(pool.count == 2)
  }

  @Test("a thread has a stack that holds what the kernels keep on it: 8 MiB")
  func stack() {
    let size = Mutex(0)
    let group = DispatchGroup()
    group.enter()
    ThreadPool().run {
      size.withLock { $0 = Thread.current.stackSize }
    } done: {
      group.leave()
    }
    group.wait()
    #expect(size.withLock { $0 } >= 8 << 20)
  }
}
