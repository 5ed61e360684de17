import Foundation
import Testing

@testable import Threads

@Suite struct SignalHandlerTests {
  @Test("a signal calls the function instead of ending the process, until the handler is released")
  func calls() {
    let called = DispatchSemaphore(value: 0)
    do {
      let handler = SignalHandler([SIGUSR1, SIGUSR2]) { called.signal() }
      for number in [SIGUSR1, SIGUSR2] {
        kill(getpid(), number)
        #expect(called.wait(timeout: .now() + 30) == .success)
      }
      withExtendedLifetime(handler) {}
    }
    kill(getpid(), SIGUSR1)
    #expect(called.wait(timeout: .now() + 0.2) == .timedOut)
  }
}
