import Foundation

/// Calls something again and again on a thread of its own.
final class RepeatingTimer: @unchecked Sendable {
  private let interval: TimeInterval
  private let body: @Sendable () -> Void
  private let condition = NSCondition()
  private var isStopped = false

  init(every interval: TimeInterval, _ body: @escaping @Sendable () -> Void) {
    self.interval = interval
    self.body = body
  }

  func start() {
    let thread = Thread { [self] in
      condition.lock()
      var next = Date(timeIntervalSinceNow: interval)
      while !isStopped {
        if condition.wait(until: next) { continue }
        condition.unlock()
        body()
        condition.lock()
        next = Date(timeIntervalSinceNow: interval)
      }
      condition.unlock()
    }
    thread.name = "state-timer"
    thread.start()
  }

  func stop() {
    condition.lock()
    isStopped = true
    condition.broadcast()
    condition.unlock()
  }
}
