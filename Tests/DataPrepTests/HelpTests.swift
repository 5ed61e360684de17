import TestSupport
import Testing

@Suite struct HelpTests {
  static let texts = [
    HelpText("dataprep"), HelpText("dataprep", "build"), HelpText("dataprep", "build", "shards"),
    HelpText("dataprep", "info"), HelpText("dataprep", "verify"), HelpText("dataprep", "tasks"),
    HelpText("dataprep", "tasks", "sample"), HelpText("dataprep", "show"), HelpText("dataprep", "export"),
  ]

  @Test("help is what Tests/Fixtures/Help keeps of it", arguments: texts)
  func help(text: HelpText) throws {
    let printed = try text.printed()
    let kept = try text.kept()
    #expect(printed == kept)
  }
}
