import Evaluation
import Files

/// The JSON that `lopt suite --json` prints.
struct SuiteOutput: Encodable {
  /// The suite's name.
  var suite: String
  /// A sentence on what the suite is for.
  var purpose: String
  var suiteSHA256: String
  var snapshotSHA256: String
  var toolVersion = Files.toolVersion
  var rows: [SuiteReport.Row]
  var summaries: [SuiteReport.Summary]
  var profiles: [SuiteReport.Profile]

  enum CodingKeys: String, CodingKey {
    case suite, purpose, rows, summaries, profiles
    case suiteSHA256 = "suite_sha256"
    case snapshotSHA256 = "snapshot_sha256"
    case toolVersion = "tool_version"
  }

  init(_ suite: Suite, suiteSHA256: String, snapshotSHA256: String, _ report: SuiteReport) {
    self.suite = suite.name
    purpose = suite.purpose
    self.suiteSHA256 = suiteSHA256
    self.snapshotSHA256 = snapshotSHA256
    rows = report.rows
    summaries = report.summaries
    profiles = report.profiles
  }
}
