import Snapshots

/// How often, and after what time, a request that failed is sent again.
///
/// Only what may pass is tried again: a connection that is refused or breaks off, and a server's errors (5xx). The
/// time between doubles, and each is cut at random by up to a half, so that many clients of one server that was away
/// do not come back at the same moment.
public struct RetryPolicy: Sendable {
  /// Further tries after one that failed. What brings bytes of a file does not count as failed.
  public var retries: Int
  /// The longest time before the first of them.
  public var first: Duration
  /// No time is longer, whatever the server wishes.
  public var longest: Duration
  /// Hears of each failure that is not the last, and how long it is waited.
  public var notify: @Sendable (any Error, Duration) -> Void

  public init(
    retries: Int, first: Duration = .milliseconds(500), longest: Duration = .seconds(30),
    notify: @escaping @Sendable (any Error, Duration) -> Void = { _, _ in }
  ) {
    self.retries = retries
    self.first = first
    self.longest = longest
    self.notify = notify
  }

  /// One try.
  public static let never = RetryPolicy(retries: 0)

  /// How long is waited after so many failures, at least 1.
  ///
  /// - Parameter fraction: from 0.5 to 1.
  func pause(afterFailures failures: Int, wished: Duration?, fraction: Double) -> Duration {
    let doubled = first * (1 << min(failures - 1, 16))
    return max(min(doubled, longest) * fraction, min(wished ?? .zero, longest))
  }

  /// Waits after a failure, or throws it where it was the last.
  func wait(after failure: TransientFailure, failures: Int) async throws {
    guard failures <= retries else { throw failure.error }
    let pause = pause(
      afterFailures: failures, wished: failure.retryAfter, fraction: Double.random(in: 0.5...1))
    notify(failure.error, pause)
    try await Task.sleep(for: pause)
  }

  /// Runs a request until it succeeds, or fails for good.
  func run<Result>(_ request: () async throws -> Result) async throws -> Result {
    var failures = 0
    while true {
      do {
        return try await request()
      } catch let failure as TransientFailure {
        failures += 1
        try await wait(after: failure, failures: failures)
      }
    }
  }
}

/// A failure that may pass.
struct TransientFailure: Error {
  var error: SnapshotError
  /// What the server said (`Retry-After`).
  var retryAfter: Duration?
}
