import Foundation
import Logging
import Testing

@testable import Commands

/// A line of the log on standard error.
@Suite struct LogLineTests {
  @Test("an event is one line, whatever a stranger wrote into it")
  func oneLine() {
    let line = ConsoleHandler.line(
      at: Date(timeIntervalSince1970: 0), level: .warning,
      message: "refused: a\u{1B}[2K\r\n1970-01-01T00:00:00Z info all is well\u{202E}", metadata: ["path": "x\ny"])
    #expect(
      line == #"1970-01-01T00:00:00Z warning refused: a\u001b[2K\u000d 1970-01-01T00:00:00Z info all is well\u202e"#
        + #" path=x y"#)
  }
}
