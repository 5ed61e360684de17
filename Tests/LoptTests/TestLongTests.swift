import Foundation
import TestSupport
import Testing

/// `scripts/test-long`, without running any part.
@Suite struct TestLongTests {
  private func run(_ arguments: String...) throws -> ProcessResult {
    try ToolProcess(executable: Repository.root.appending(path: "scripts/test-long"), arguments).wait()
  }

  @Test("--list has a line for each part: a name of its own, and what it tests")
  func list() throws {
    let result = try run("--list")
    #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result)")
    let lines = result.output.split(separator: "\n")
    let names = lines.map { $0.prefix { $0 != " " } }
    #expect(lines.allSatisfy { $0.contains(/^[a-z-]+ +\S.*\S$/) }, "\(result.output)")
    #expect(names.count > 15 && Set(names).count == names.count && names.contains("soak"))
  }

  @Test("--fuzz-seconds takes a whole number above 0", arguments: [["0"], ["-1"], ["1.5"], ["fuzz"], [""], []])
  func fuzzSeconds(value: [String]) throws {
    let long = Repository.root.appending(path: "scripts/test-long")
    let result = try ToolProcess(executable: long, ["--fuzz-seconds"] + value).wait()
    #expect(result.exitCode == 64 && result.output.isEmpty)
    #expect(
      result.errors == "test-long: --fuzz-seconds takes a number of seconds, not '\(value.first ?? "")'\n", "\(result)")
  }

  @Test("an unknown part is refused with all names, before anything runs")
  func unknown() throws {
    let result = try run("metrics", "soap")
    #expect(result.exitCode == 64 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("test-long: there is no part soap; there are: many-faults "), "\(result.errors)")
    #expect(result.errors.contains(" soak ") && result.errors.count { $0 == "\n" } == 1)
  }
}
