import Engine
import Synchronization

/// Work that is one function of an index, on threads of our own.
enum Parallel {
  /// The results of 0 ..< `count`, in order; each is computed on whichever thread is free. After an error no more are
  /// begun, and it is thrown.
  static func map<Result: Sendable>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let results = Mutex<[Int: Result]>([:])
    let failure = Mutex<(any Error)?>(nil)
    Threads.forEach(count, threads: threads) { _, index in
      guard failure.withLock({ $0 == nil }) else { return }
      do {
        let result = try body(index)
        results.withLock { $0[index] = result }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return results.withLock { results in (0..<count).compactMap { results[$0] } }
  }
}
