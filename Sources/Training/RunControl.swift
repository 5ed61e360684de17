import Engine
import Foundation
import Synchronization

/// Whether a run shall train, pause or stop; asked by the thread that trains, told by any.
final class RunControl: @unchecked Sendable {
  private let stop: StopFlag
  private let condition = NSCondition()
  /// How often the thread that trains has looked whether it shall go on while it was paused.
  let waits = Atomic(0)
  // Under the condition.
  private var paused = false
  /// Ends the outer-iteration or evaluation under way, to pause or to stop.
  private var current: StopFlag

  init(stop: StopFlag) {
    self.stop = stop
    current = StopFlag(following: stop)
  }

  /// What the outer-iteration that is about to begin looks at.
  var interruption: StopFlag { condition.withLock { current } }

  var isStopped: Bool { stop.isSet }
  var isPaused: Bool { condition.withLock { paused } }

  func end() { stop.set() }

  func pause() {
    condition.withLock {
      paused = true
      current.set()
    }
  }

  func resume() {
    condition.withLock {
      paused = false
      condition.broadcast()
    }
  }

  /// Returns when the run shall go on: true to train, false to end. Calls `whenPausing` before it waits.
  func waitWhilePaused(whenPausing: () throws -> Void) rethrows -> Bool {
    if isPaused, !stop.isSet { try whenPausing() }
    return condition.withLock {
      // Nobody is woken by the flag that stops.
      while paused, !stop.isSet {
        waits.add(1, ordering: .relaxed)
        _ = condition.wait(until: Date(timeIntervalSinceNow: 0.2))
      }
      if stop.isSet { return false }
      if current.isSet { current = StopFlag(following: stop) }
      return true
    }
  }
}
