import Foundation
import Synchronization
import Threads

/// Whether a run shall train, pause or stop; asked by the thread that trains, told by any.
final class RunControl: Sendable {
  private struct State {
    var isPaused = false
    /// Ends the outer-iteration or evaluation under way, to pause or to stop.
    var current: StopFlag
  }

  private let stop: StopFlag
  private let state: Mutex<State>
  /// How often the thread that trains has looked whether it shall go on while it was paused.
  let waits = Atomic(0)

  init(stop: StopFlag) {
    self.stop = stop
    state = Mutex(State(current: StopFlag(following: stop)))
  }

  /// What the outer-iteration that is about to begin looks at.
  var interruption: StopFlag { state.withLock { $0.current } }

  var isStopped: Bool { stop.isSet }
  var isPaused: Bool { state.withLock { $0.isPaused } }

  func end() { stop.set() }

  func pause() {
    state.withLock {
      $0.isPaused = true
      $0.current.set()
    }
  }

  func resume() { state.withLock { $0.isPaused = false } }

  /// Returns when the run shall go on: true to train, false to end. Calls `whenPausing` before it waits.
  func waitWhilePaused(whenPausing: () throws -> Void) rethrows -> Bool {
    if isPaused, !stop.isSet { try whenPausing() }
    while isPaused, !stop.isSet {
      waits.add(1, ordering: .relaxed)
      // Not until a time of day: that would last a day longer where the clock is set back by one.
      Thread.sleep(forTimeInterval: 0.05)
    }
    guard !stop.isSet else { return false }
    state.withLock {
      if $0.current.isSet, !$0.isPaused { $0.current = StopFlag(following: stop) }
    }
    return true
  }
}
