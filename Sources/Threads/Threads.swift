import Foundation
import Synchronization

/// Threads of our own for the numerics: the pools that answer requests stay free.
package enum Threads {
  private final class Counter: Sendable {
    let next = Atomic(0)
  }

  /// Calls `body(thread, index)` for every index of 0 ..< `count`, each on whichever of `threads` threads is free, in
  /// order, and returns when all are done. The calling thread only waits. After an error no more are begun, and it is
  /// thrown.
  package static func forEach(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (_ thread: Int, _ index: Int) throws -> Void
  ) throws {
    let failure = Mutex<(any Error)?>(nil)
    forEach(count, threads: threads) { thread, index in
      guard failure.withLock({ $0 == nil }) else { return }
      do { try body(thread, index) } catch { failure.withLock { $0 = error } }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// The same of what throws nothing.
  package static func forEach(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (_ thread: Int, _ index: Int) -> Void
  ) {
    let counter = Counter()
    let group = DispatchGroup()
    for number in 0..<min(threads, count) {
      group.enter()
      ThreadPool.shared.run {
        while true {
          let index = counter.next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= count { break }
          body(number, index)
        }
      } done: {
        group.leave()
      }
    }
    group.wait()
  }
}
