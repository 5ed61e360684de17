import Foundation
import Testing

@testable import Threads

@Suite struct SignalHandlerTests {
  @Test("a signal calls the function instead of ending the process, until the handler is released")
  func calls() {
    let called = DispatchSemaphore(value: 0)
    do {
      let handler = SignalHandler([SIGUSR1]) { called.signal() }
      kill(getpid(), SIGUSR1)
      #expect(called.wait(timeout: .now() + 30) == .success)
      withExtendedLifetime(handler) {}
    }
    kill(getpid(), SIGUSR1)
    #expect(called.wait(timeout: .now() + 0.2) == .timedOut)
  }

  @Test("a signal that arrives as soon as a handler is made is not lost")
  func atOnce() {
    for _ in 0..<500 {
      let called = DispatchSemaphore(value: 0)
      let handler = SignalHandler([SIGUSR2]) { called.signal() }
      kill(getpid(), SIGUSR2)
      #expect(called.wait(timeout: .now() + 30) == .success)
      withExtendedLifetime(handler) {}
    }
  }
}
