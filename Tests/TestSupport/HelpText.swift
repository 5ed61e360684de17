import Foundation
import Testing

/// The help of a tool's command, and the text that Tests/Fixtures/Help keeps of it.
package struct HelpText: Sendable, CustomTestStringConvertible {
  private let tool: String
  private let command: [String]

  /// The help of a tool, or of one of its commands by the words that lead to it.
  package init(_ tool: String, _ command: String...) {
    self.tool = tool
    self.command = command
  }

  package var testDescription: String { ([tool] + command).joined(separator: " ") }

  /// What `--help` prints now, in 80 columns.
  package func printed() throws -> String {
    try ToolProcess.run(tool, command + ["--help"], environment: ["COLUMNS": "80"]).output
  }

  /// What it printed when somebody last agreed with it.
  package func kept() throws -> String {
    let name = ([tool] + command).joined(separator: "-")
    return try String(contentsOf: Repository.fixtures.appending(path: "Help/\(name).txt"), encoding: .utf8)
  }
}
