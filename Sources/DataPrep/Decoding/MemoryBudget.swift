import Foundation

/// Lets threads take turns where together they would need too much memory.
final class MemoryBudget: @unchecked Sendable {  // Guarded by `condition`.
  private let condition = NSCondition()
  private let limit: Int
  private var used = 0

  init(_ limit: Int) { self.limit = limit }

  /// Runs `body`, which needs about so many bytes, once they are there; alone, where they are more than the limit.
  func spend<Result>(_ bytes: Int, _ body: () -> Result) -> Result {
    condition.withLock {
      while used > 0, used + bytes > limit { condition.wait() }
      used += bytes
    }
    defer {
      condition.withLock {
        used -= bytes
        condition.broadcast()
      }
    }
    return body()
  }
}
