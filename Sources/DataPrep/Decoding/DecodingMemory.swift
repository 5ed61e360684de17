import Foundation

/// The memory that pictures take while they are decoded. It is bounded over all threads, which wait for one another.
enum DecodingMemory {
  /// The bytes for all pictures together. With everything else that a build holds they stay under 600 MiB.
  static let limit = 400 << 20

  private static let condition = NSCondition()
  nonisolated(unsafe) private static var used = 0  // only under the condition's lock

  /// Runs `body`, which holds at most `bytes`, as soon as there is room for them.
  /// - Throws: `UndecodableImage` where there never is, or what `body` throws.
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
