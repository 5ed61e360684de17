import Foundation
import TestSupport
import Testing

/// No command of any tool escapes the tests that compare its help with the one that is kept.
@Suite struct HelpCoverageTests {
  /// What `--experimental-dump-help` tells of a command.
  private struct Command: Decodable {
    var commandName: String
    var subcommands: [Command]?

    /// Its name and those of all below it, each as its file is called.
    func names(after path: String = "") -> [String] {
      [path + commandName]
        + (subcommands ?? []).filter { $0.commandName != "help" }
        .flatMap { $0.names(after: "\(path)\(commandName)-") }
    }
  }

  private struct Tool: Decodable { var command: Command }

  @Test("every command that Documentation/client.md is about has --json, as it says")
  func clientPage() throws {
    let page = try String(contentsOf: Repository.root.appending(path: "Documentation/client.md"), encoding: .utf8)
    let commands = Set(page.matches(of: /\blopt ((?:key )?[a-z]+)\b/).map { "lopt \($0.1)" })
    var count = 0
    for command in commands {
      let name = command.replacing(" ", with: "-")
      // "lopt is the client" names no command.
      guard let help = try? String(contentsOf: Repository.fixtures.appending(path: "Help/\(name).txt"), encoding: .utf8)
      else { continue }
      count += 1
      #expect(help.contains("\n  --json "), "\(command)")
    }
    #expect(count == 10)
  }

  @Test("Tests/Fixtures/Help has a file for each command of the three tools, and no other")
  func coverage() throws {
    let commands = try ["dataprep", "lopt", "lopt-daemon"].flatMap { tool in
      let text = try ToolProcess.run(tool, ["--experimental-dump-help"]).output
      return try JSONDecoder().decode(Tool.self, from: Data(text.utf8)).command.names()
    }
    let files = try FileManager.default.contentsOfDirectory(
      atPath: Repository.fixtures.appending(path: "Help").path)
    #expect(commands.count > 30)
    #expect(Set(files) == Set(commands.map { "\($0).txt" }))
  }
}
