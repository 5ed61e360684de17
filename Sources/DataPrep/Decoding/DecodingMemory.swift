import Threads

/// The memory that pictures take while they are decoded. It is bounded over all threads, which wait for one another.
enum DecodingMemory {
  /// The bytes for all pictures together. With everything else that a build holds they stay under 600 MiB.
  static let limit = 400 << 20

  /// Bytes that are taken.
  private static let used = Monitor(0)

  /// Runs `body`, which holds at most `bytes`, as soon as there is room for them.
  /// - Throws: `UndecodableImage` where there never is, or what `body` throws.
  static func use<Result>(
    _ bytes: Int, _ body: () throws(UndecodableImage) -> Result
  ) throws(UndecodableImage) -> Result {
    guard bytes <= limit else {
      throw UndecodableImage("it takes \(bytes >> 20) MiB to decode, more than \(limit >> 20)")
    }
    used.wait { used -> Void? in
      guard used + bytes <= limit else { return nil }
      return used += bytes
    }
    defer { used.withLock { $0 -= bytes } }
    return try body()
  }
}
