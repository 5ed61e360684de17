import Foundation

/// Calls something again and again on a thread of its own.
final class RepeatingTimer: @unchecked Sendable {
  private let condition = NSCondition()
  private var isStopped = false
  /// Nil once the thread will not call it again.
  private var body: (@Sendable () -> Void)?
  private var interval: @Sendable () -> TimeInterval

  /// - Parameter interval: seconds, asked anew for each time.
  init(every interval: @escaping @Sendable () -> TimeInterval, _ body: @escaping @Sendable () -> Void) {
    self.interval = interval
    self.body = body
  }

  func start() {
    let thread = Thread { [self] in
      condition.lock()
      var next = Date(timeIntervalSinceNow: interval())
      while !isStopped {
        if condition.wait(until: next) { continue }
        let body = body
        condition.unlock()
        body?()
        condition.lock()
        next = Date(timeIntervalSinceNow: interval())
      }
      body = nil
      interval = { 0 }
      condition.broadcast()
      condition.unlock()
    }
    thread.name = "state-timer"
    thread.start()
  }

  /// When it returns, `body` has returned and is released: nothing that it holds, such as a lock, lives on with it.
  func stop() {
    condition.lock()
    isStopped = true
    condition.broadcast()
    while body != nil { condition.wait() }
    condition.unlock()
  }
}
