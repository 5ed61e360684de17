import Synchronization
import Testing

@testable import Threads

@Suite struct StopFlagTests {
  @Test("a function is called once when the flag is set, and at once where it is; a flag that follows counts as set")
  func calls() {
    let calls = Mutex(0)
    let flag = StopFlag()
    let follower = StopFlag(following: flag)
    flag.whenSet { calls.withLock { $0 += 1 } }
    #expect(calls.withLock { $0 } == 0)
    #expect(!follower.isSet)
    flag.set()
    flag.set()
    #expect(calls.withLock { $0 } == 1)
    #expect(follower.isSet)
    flag.whenSet { calls.withLock { $0 += 10 } }
    #expect(calls.withLock { $0 } == 11)
  }
}
