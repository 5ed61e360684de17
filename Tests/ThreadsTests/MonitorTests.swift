import Foundation
import Synchronization
import Testing

@testable import Threads

@Suite struct MonitorTests {
  @Test("who waits goes on when the value is changed to what it waits for, and takes of it what it likes")
  func waits() {
    let monitor = Monitor(0)
    let taken = Mutex(0)
    let takers = Threads.start(3, named: "taker") { _ in
      monitor.wait { value -> Void? in
        guard value >= 2 else { return nil }
        return value -= 2
      }
      taken.withLock { $0 += 2 }
    }
    for _ in 0..<7 { monitor.withLock { $0 += 1 } }
    takers.wait()
    #expect(taken.withLock { $0 } == 6)
    #expect(monitor.withLock { $0 } == 1)
  }

  @Test("who waits for a time has nothing when that is over, and does not wait where there is something")
  func time() {
    let monitor = Monitor(1)
    let started = ContinuousClock.now
    #expect(monitor.wait(atMost: 0.05) { $0 > 1 ? $0 : nil } == nil)
    #expect(ContinuousClock.now - started >= .milliseconds(45))
    #expect(monitor.wait(atMost: 60) { $0 > 0 ? $0 : nil } == 1)
    #expect(ContinuousClock.now - started < .seconds(30))
  }
}
