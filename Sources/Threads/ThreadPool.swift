import Synchronization

/// The threads that compute, which stay when they are done.
///
/// The C library has several heaps, gives a new thread one of them, and keeps in each what was freed there. New threads
/// for each outer-iteration would, with time, hold the memory of a truncation in all of them. A pool never ends its
/// threads: use ``shared``.
package final class ThreadPool: Sendable {
  /// The only pool of a program.
  package static let shared = ThreadPool()

  private struct State {
    var count = 0
    var idle: [Member] = []
  }

  private struct Member {
    var number: Int
    var thread: SerialThread
  }

  private let state = Mutex(State())

  /// The number of threads of the pool.
  var count: Int { state.withLock { $0.count } }

  /// Calls `body` with each number of 0 ..< `count`, on as many threads at the same time.
  /// - Returns: a group that is done when all calls are. The threads are idle then.
  package func start(_ count: Int, _ body: @escaping @Sendable (_ number: Int) -> Void) -> ThreadGroup {
    let group = ThreadGroup()
    for number in 0..<count {
      group.enter()
      let member = takeIdle()
      member.thread.run { [self] in
        body(number)
        state.withLock { $0.idle.append(member) }
        group.leave()
      }
    }
    return group
  }

  /// Takes the idle thread of the lowest number, so that the same work tends to find the same heap, or a new one where
  /// none is idle.
  private func takeIdle() -> Member {
    state.withLock { state in
      if let first = state.idle.indices.min(by: { state.idle[$0].number < state.idle[$1].number }) {
        return state.idle.remove(at: first)
      }
      state.count += 1
      return Member(number: state.count - 1, thread: SerialThread(named: "engine-\(state.count - 1)"))
    }
  }
}
