import TestSupport
import Testing

@Suite struct HelpTests {
  static let texts = [
    HelpText("lopt"), HelpText("lopt", "apply"), HelpText("lopt", "bench"), HelpText("lopt", "describe"),
    HelpText("lopt", "evaluate"),
    HelpText("lopt", "export-state"),
    HelpText("lopt", "fetch"), HelpText("lopt", "figure"), HelpText("lopt", "figure", "1"),
    HelpText("lopt", "figure", "2"),
    HelpText("lopt", "figure", "3"),
    HelpText("lopt", "figure", "4"), HelpText("lopt", "figure", "5"), HelpText("lopt", "figure", "7"),
    HelpText("lopt", "figure", "15"), HelpText("lopt", "layout"),
    HelpText("lopt", "key"), HelpText("lopt", "key", "generate"), HelpText("lopt", "list"),
    HelpText("lopt", "outer-gradient"), HelpText("lopt", "pause"), HelpText("lopt", "pin"), HelpText("lopt", "resume"),
    HelpText("lopt", "snapshot"), HelpText("lopt", "status"), HelpText("lopt", "suite"), HelpText("lopt", "train"),
    HelpText("lopt", "unpin"), HelpText("lopt", "verify"),
  ]

  @Test("help is what Tests/Fixtures/Help keeps of it", arguments: texts)
  func help(text: HelpText) throws {
    let printed = try text.printed()
    let kept = try text.kept()
    #expect(printed == kept)
  }
}
