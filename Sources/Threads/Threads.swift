import Foundation
import Synchronization

/// The threads of the program itself. Computing and waiting for disks is done on them, so that the threads that answer
/// requests stay free.
///
/// All of them begin in ``start(named:_:)``, and have a name that tools such as `top -H` show.
package enum Threads {
  /// Starts a thread that runs `body` and ends.
  ///
  /// - Parameter name: the thread's name, of which tools show the first 15 bytes.
  /// - Returns: a group that is done when `body` is.
  @discardableResult
  package static func start(named name: String, _ body: @escaping @Sendable () -> Void) -> ThreadGroup {
    start(1, name: { _ in name }, { _ in body() })
  }

  /// Starts `count` threads, `name-0`, `name-1` and so on, which run `body` with their number and end.
  package static func start(
    _ count: Int, named name: String, _ body: @escaping @Sendable (_ number: Int) -> Void
  ) -> ThreadGroup {
    start(count, name: { "\(name)-\($0)" }, body)
  }

  private static func start(
    _ count: Int, name: (Int) -> String, _ body: @escaping @Sendable (_ number: Int) -> Void
  ) -> ThreadGroup {
    let group = ThreadGroup()
    for number in 0..<count {
      let name = name(number)
      group.enter()
      let thread = Thread {
        // Foundation's `Thread.name` has an effect only after the start, when the thread may have ended.
        try? Data(name.utf8).write(to: URL(filePath: "/proc/thread-self/comm"))
        body(number)
        group.leave()
      }
      thread.stackSize = 8 << 20  // the kernels keep a block's partial sums on it
      thread.start()
    }
    return group
  }

  /// Runs a function that blocks for long on a thread of its own, while the caller's thread serves others.
  package static func run<Result: Sendable>(
    named name: String, _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      start(named: name) { continuation.resume(with: .init(catching: body)) }
    }
  }

  private final class Counter: Sendable {
    let next = Atomic(0)
  }

  /// Calls `body(thread, index)` for every index of 0 ..< `count`, on `threads` threads of the pool, and waits until
  /// all calls are done.
  ///
  /// Indices are begun in order, each by the next free thread. After an error no more are begun.
  /// - Throws: the first error.
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

  /// Calls `body(thread, index)` for every index of 0 ..< `count`, as the function of the same name does, without
  /// errors.
  package static func forEach(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (_ thread: Int, _ index: Int) -> Void
  ) {
    let counter = Counter()
    ThreadPool.shared.start(min(threads, count)) { number in
      while true {
        let index = counter.next.wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= count { break }
        body(number, index)
      }
    }.wait()
  }

  /// Returns the results of `body` for every index of 0 ..< `count`, in order; they are computed on `threads` threads.
  ///
  /// - Throws: the first error; after it no more are begun.
  package static func map<Result: Sendable>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let results = Mutex<[Int: Result]>([:])
    try forEach(count, threads: threads) { _, index in
      let result = try body(index)
      results.withLock { $0[index] = result }
    }
    return results.withLock { results in (0..<count).compactMap { results[$0] } }
  }
}
