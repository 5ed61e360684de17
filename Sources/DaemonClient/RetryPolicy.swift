import Snapshots

/// The rule that says how often, and after what time, a request that failed is sent again.
///
/// Only failures that may pass are tried again: a connection that breaks off, one that is refused by a server that
/// answered before, and a server's errors (5xx). The time between tries doubles. Each time is cut at random by up to a half, so that many clients of one
/// server that was away do not come back at the same moment.
public struct RetryPolicy: Sendable {
  /// The number of further tries after one that failed. A try that brings bytes of a file does not count as failed.
  public var retries: Int
  /// The longest wait before the first further try.
  public var first: Duration
  /// The longest wait before any try, whatever the server asks for.
  public var longest: Duration
  /// Hears of each failure that is not the last, and how long the wait after it is.
  public var notify: @Sendable (any Error, Duration) -> Void

  /// Makes a rule.
  public init(
    retries: Int, first: Duration = .milliseconds(500), longest: Duration = .seconds(30),
    notify: @escaping @Sendable (any Error, Duration) -> Void = { _, _ in }
  ) {
    self.retries = retries
    self.first = first
    self.longest = longest
    self.notify = notify
  }

  /// The rule that sends each request once.
  public static let never = RetryPolicy(retries: 0)

  /// Returns the wait after `failures` failures, at least 1.
  ///
  /// - Parameters:
  ///   - wished: the wait that the server asked for; nil where it did not.
  ///   - fraction: the random part, from 0.5 to 1.
  func pause(afterFailures failures: Int, wished: Duration?, fraction: Double) -> Duration {
    let doubled = first * (1 << min(failures - 1, 16))
    return max(min(doubled, longest) * fraction, min(wished ?? .zero, longest))
  }

  /// Waits after a failure that may pass, or throws it where it was the last.
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

/// A failure that may pass, so that the request is worth another try.
struct TransientFailure: Error {
  /// The error to report where no further try follows.
  var error: SnapshotError
  /// The wait that the server asked for (`Retry-After`); nil where it did not.
  var retryAfter: Duration?
}
