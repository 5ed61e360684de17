import Foundation

/// The memory that pictures take while they are decoded, bounded over all threads: they wait for one another.
enum DecodingMemory {
  /// Bytes for all of them together. With what else a build holds it stays under 600 MiB.
  static let limit = 400 << 20

  private static let condition = NSCondition()
  nonisolated(unsafe) private static var used = 0  // only under the condition's lock

  /// Runs `body`, which holds at most `bytes`, when there is room for them.
  static func use<Result>(
    _ bytes: Int, _ body: () throws(UndecodableImage) -> Result
  ) throws(UndecodableImage) -> Result {
    guard bytes <= limit else {
      throw UndecodableImage("it takes \(bytes >> 20) MiB to decode, more than \(limit >> 20)")
    }
    condition.lock()
    while used + bytes > limit { condition.wait() }
    used += bytes
    condition.unlock()
    defer {
      condition.lock()
      used -= bytes
      condition.broadcast()
      condition.unlock()
    }
    return try body()
  }
}
