import Foundation

/// A value behind a lock, for threads that wait until another one changes it.
package final class Monitor<Value: Sendable>: @unchecked Sendable {  // Guarded by `condition`.
  private let condition = NSCondition()
  private var value: Value

  /// Makes a monitor of a value.
  package init(_ value: Value) { self.value = value }

  /// Reads or changes the value under the lock, and wakes all threads that wait.
  package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    try condition.withLock {
      defer { condition.broadcast() }
      return try body(&value)
    }
  }

  /// Waits until `body` returns something, and returns that. It is asked again whenever the value may have changed.
  ///
  /// - Parameter body: may change the value where it returns something.
  package func wait<Result>(for body: (inout Value) -> Result?) -> Result {
    condition.withLock {
      while true {
        if let result = body(&value) {
          condition.broadcast()
          return result
        }
        condition.wait()
      }
    }
  }

  /// Waits until `body` returns something, but at most for a time, in seconds; nil when that is over.
  package func wait<Result>(atMost seconds: Double, for body: (inout Value) -> Result?) -> Result? {
    let end = Date(timeIntervalSinceNow: seconds)
    return condition.withLock {
      while true {
        if let result = body(&value) {
          condition.broadcast()
          return result
        }
        if !condition.wait(until: end) { return nil }
      }
    }
  }
}
