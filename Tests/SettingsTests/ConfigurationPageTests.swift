import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import Settings

/// The table in Documentation/configuration.md is the table of keys.
///
/// `LOPT_TEST_RECORD=1` in the environment makes the test write it anew: look at what git says has changed.
@Suite struct ConfigurationPageTests {
  private static let page = Repository.root.appending(path: "Documentation/configuration.md")

  @Test("the page's table is what the table of keys says; LOPT_TEST_RECORD=1 writes it anew")
  func table() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let table = try #require(text.firstMatch(of: /(?m)(?:^\| (?:key|---|`).*\n)+/))
    let printed = try Self.printed()
    if ProcessInfo.processInfo.environment["LOPT_TEST_RECORD"] == "1" {
      return try text.replacingCharacters(in: table.range, with: printed)
        .write(to: Self.page, atomically: true, encoding: .utf8)
    }
    let lines = table.output.split(separator: "\n")
    for (kept, line) in zip(lines, printed.split(separator: "\n")) { #expect(kept == line) }
    #expect(lines.count == ConfigurationKey.all.count + 2)
  }

  private static func printed() throws -> String {
    let options = Set(try ConfigurationFlags.parse(["--config", "c"]).keyed.map(\.key.path))
    let rows = try ConfigurationKey.all.map { key in
      let names = ["`\(key)`"] + (options.contains(key.path) ? ["`--\(key.optionName)`"] : [])
      let small = try value(key, .small)
      let paper = try value(key, .paper)
      return row([
        names.joined(separator: ", "), meaning(key), small, paper == small ? "" : paper,
        change(key.change) + (key.isKept ? ", if given" : ""),
      ])
    }
    return ([row(["key", "meaning", "`small`", "`paper`", "change"]), row(Array(repeating: "---", count: 5))] + rows)
      .joined()
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.joined(separator: " | ").replacing("|  |", with: "| |") + " |\n"
  }

  /// What the key says, and what its rules say.
  private static func meaning(_ key: ConfigurationKey) -> String {
    let rules = key.rules.map { rule in
      "M\(rule.dropFirst().replacing(/\d{5,}/) { (Int($0.output) ?? 0).formatted(.number.locale(Locale(identifier: "en"))) })."
    }
    return ([key.text, key.more] + rules).filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func value(_ key: ConfigurationKey, _ preset: Configuration.Preset) throws -> String {
    // A preset does not set itself: `small` is what is without one.
    let preset = key.path == "preset" ? .small : preset
    let json = try key.json(in: Configuration(preset: preset))
    let text = json.hasPrefix("[") ? json.replacing(",", with: ", ") : json.replacing("\"", with: "")
    return key.absence ?? "`\(text)`"
  }

  private static func change(_ change: ConfigurationKey.Change) -> String {
    switch change {
    case .live: "at SIGHUP"
    case .nextStart, .start: "next start"
    case .newWorkers, .tasks: "new workers"
    case .refused: "refused"
    }
  }
}
