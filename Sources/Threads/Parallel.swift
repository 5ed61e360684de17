import Synchronization

/// Work that is one function of an index, on threads of our own.
package enum Parallel {
  /// The results of 0 ..< `count`, in order; each is computed on whichever thread is free. After an error no more are
  /// begun, and it is thrown.
  package static func map<Result: Sendable>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let results = Mutex<[Int: Result]>([:])
    try Threads.forEach(count, threads: threads) { _, index in
      let result = try body(index)
      results.withLock { $0[index] = result }
    }
    return results.withLock { results in (0..<count).compactMap { results[$0] } }
  }
}
