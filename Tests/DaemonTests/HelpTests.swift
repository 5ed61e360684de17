import TestSupport
import Testing

@Suite struct HelpTests {
  @Test("help is what Tests/Fixtures/Help keeps of it")
  func help() throws {
    let text = HelpText("lopt-daemon")
    let printed = try text.printed()
    let kept = try text.kept()
    #expect(printed == kept)
  }
}
