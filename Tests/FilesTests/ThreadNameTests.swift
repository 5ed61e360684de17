import Files
import Foundation
import Testing

@Suite struct ThreadNameTests {
  @Test("the system has the name that a thread gave itself, of a long one 15 bytes")
  func name() async throws {
    let name: String = try await withCheckedThrowingContinuation { continuation in
      Thread {
        SystemCall.nameThread("outer-training of a task")
        continuation.resume(with: Result { try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8) })
      }.start()
    }
    #expect(name == "outer-training \n")
  }
}
