import Foundation
import Synchronization

/// Threads that compute, and stay when they are done.
///
/// The C library has several heaps, gives a new thread one of them, and keeps in each what was freed there: new threads
/// for each outer-iteration would, with time, hold the memory of a truncation in all of them. A pool never ends its
/// threads: use ``shared``.
package final class ThreadPool: Sendable {
  package static let shared = ThreadPool()

  private struct State {
    var count = 0
    var idle: [PoolThread] = []
  }

  private let state = Mutex(State())

  /// How many threads it has.
  package var count: Int { state.withLock { $0.count } }

  /// Runs `body` on the idle thread of the lowest number, so that the same work tends to find the same heap; on a new one
  /// where none is idle. Calls `done` on it when it is idle again: neither that nor what is released with the two may wait
  /// for work of the pool.
  package func run(_ body: @escaping @Sendable () -> Void, done: @escaping @Sendable () -> Void) {
    let thread = state.withLock { state in
      if let first = state.idle.indices.min(by: { state.idle[$0].number < state.idle[$1].number }) {
        return state.idle.remove(at: first)
      }
      state.count += 1
      return PoolThread(number: state.count - 1)
    }
    thread.run { [self] in
      body()
      state.withLock { $0.idle.append(thread) }
      done()
    }
  }

  /// A thread, and what it is to run next.
  private final class PoolThread: @unchecked Sendable {
    let number: Int
    // Under the condition.
    private var next: (@Sendable () -> Void)?
    private let condition = NSCondition()

    init(number: Int) {
      self.number = number
      let thread = Thread { [self] in while true { take()() } }
      thread.stackSize = 8 << 20  // the kernels keep a block's partial sums on it
      thread.start()
      thread.name = "engine-\(number)"  // has no effect before the start
    }

    func run(_ body: @escaping @Sendable () -> Void) {
      condition.withLock {
        next = body
        condition.signal()
      }
    }

    private func take() -> @Sendable () -> Void {
      condition.withLock {
        while true {
          if let body = next {
            next = nil
            return body
          }
          condition.wait()
        }
      }
    }
  }
}
