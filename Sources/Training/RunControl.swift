import Foundation
import Synchronization
import Threads

/// The orders to a run: to train, to pause or to stop. The thread that trains asks for them; any thread may give them.
final class RunControl: Sendable {
  private struct State {
    var isPaused = false
    /// Ends the outer-iteration or evaluation under way, to pause or to stop.
    var current: StopFlag
  }

  private let stop: StopFlag
  private let state: Mutex<State>
  /// The number of times that the thread that trains has asked, while paused, whether it shall go on.
  let waits = Atomic(0)

  init(stop: StopFlag) {
    self.stop = stop
    state = Mutex(State(current: StopFlag(following: stop)))
  }

  /// The flag that ends the outer-iteration that is about to begin.
  var interruption: StopFlag { state.withLock { $0.current } }

  /// Whether the run shall stop for good.
  var isStopped: Bool { stop.isSet }
  /// Whether the run shall wait.
  var isPaused: Bool { state.withLock { $0.isPaused } }

  /// Ends the run at its next inner step.
  func end() { stop.set() }

  /// Interrupts the run at its next inner step, until `resume`.
  func pause() {
    state.withLock {
      $0.isPaused = true
      $0.current.set()
    }
  }

  /// Lets a paused run go on.
  func resume() { state.withLock { $0.isPaused = false } }

  /// Waits while the run is paused.
  /// - Parameter whenPausing: is called before it waits.
  /// - Returns: true to train, false to end.
  func waitWhilePaused(whenPausing: () throws -> Void) rethrows -> Bool {
    if isPaused, !stop.isSet { try whenPausing() }
    while isPaused, !stop.isSet {
      waits.add(1, ordering: .relaxed)
      // It sleeps for an interval: until a time of day would last a day longer where the clock is set back by one.
      Thread.sleep(forTimeInterval: 0.05)
    }
    guard !stop.isSet else { return false }
    state.withLock {
      if $0.current.isSet, !$0.isPaused { $0.current = StopFlag(following: stop) }
    }
    return true
  }
}
