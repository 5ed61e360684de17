import Foundation
import Synchronization
import Testing

@testable import Threads

@Suite struct RepeatingTimerTests {
  private final class Calls: Sendable {
    let count = Atomic(0)
  }

  @Test("a timer calls again and again; when its stop returns it calls no more, and what it called is released")
  func stops() {
    var calls: Calls? = Calls()
    weak let released = calls
    let third = DispatchSemaphore(value: 0)
    let timer = RepeatingTimer(named: "timer", every: { 0.001 }) { [calls] in
      if calls?.count.add(1, ordering: .relaxed).newValue == 3 { third.signal() }
    }
    calls = nil
    third.wait()
    #expect(released != nil)
    timer.stop()
    #expect(released == nil)
  }

  @Test("a timer that is stopped before its time never calls, and does not wait for it")
  func stopsEarly() {
    let calls = Calls()
    let started = ContinuousClock.now
    RepeatingTimer(named: "timer", every: { 3600 }) { calls.count.add(1, ordering: .relaxed) }.stop()
    #expect(calls.count.load(ordering: .relaxed) == 0)
    #expect(ContinuousClock.now - started < .seconds(60))
  }
}
