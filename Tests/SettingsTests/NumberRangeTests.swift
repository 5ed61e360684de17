import Files
import Foundation
import Testing

@testable import Settings

/// Every number of the configuration has a range, which the table of keys keeps.
@Suite struct NumberRangeTests {
  /// The keys whose value is a number, a number that may be absent, or a list of numbers, but for the seed, which may be
  /// any of 64 bits.
  static let keys = ConfigurationKey.all.filter { key in
    guard key.path != "seed", let json = try? key.json(in: ConfigurationKeyTests.full) else { return false }
    return json.drop { $0 == "[" }.first?.isNumber == true
  }

  /// The message about a key that is set to a number, or to a list of it; nil where it is accepted.
  private func message(_ key: ConfigurationKey, _ number: String) throws -> String? {
    let isList = try key.json(in: ConfigurationKeyTests.full).hasPrefix("[")
    let settings = [("datasets", #"["/data"]"#), ("state", "/state"), (key.path, isList ? "[\(number)]" : number)]
    do {
      _ = try Configuration.load(file: nil, environment: [:], flags: settings)
      return nil
    } catch let error as ConfigurationError { return error.description }
  }

  @Test("the table has these numbers")
  func found() {
    #expect(Self.keys.count == 44, "\(Self.keys)")
  }

  @Test("a number that is far too large, or below 0, is refused by its key", arguments: keys)
  func beyond(key: ConfigurationKey) throws {
    for number in ["9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e300", "-1e300", "-1"] {
      let message = try message(key, number)
      #expect(message?.hasPrefix("command line: \(key.path) ") == true, "\(number): \(message ?? "accepted")")
    }
  }

  @Test("a number that must be above 0 is so in single precision too", arguments: keys)
  func tiny(key: ConfigurationKey) throws {
    let mayBeZero = key.rules.contains { $0.hasPrefix("must be in 0 ") || $0.hasPrefix("must be 0 ") }
    guard !mayBeZero, key.path != "outer.asynchronous.batch" else { return }
    for number in ["0", "1e-300", "1e-60", "1e-40"] {
      let message = try message(key, number)
      #expect(message?.hasPrefix("command line: \(key.path) ") == true, "\(number): \(message ?? "accepted")")
    }
  }

  @Test("both ends of the range that a key names are accepted", arguments: keys)
  func ends(key: ConfigurationKey) throws {
    for rule in key.rules {
      guard let ends = rule.wholeMatch(of: /must be in (\S+) … ([^ ,]+)/)?.output else { continue }
      for end in [ends.1, ends.2] {
        // Two that depend on another key as well.
        if key.path == "evaluation.initialisations" || key.path == "inner.life.from", end == ends.2 { continue }
        #expect(try message(key, String(end)) == nil, "\(end)")
      }
    }
  }

  @Test(
    "numbers that are each in their range, and not together, are refused",
    arguments: [
      (
        [("evaluation.tasks", "400"), ("evaluation.initialisations", "300")],
        "command line: evaluation.initialisations must make at most 100000 trainings with evaluation.tasks"
      ),
      (
        [("evaluation.every", "5"), ("inner.life.to", "20000000")],
        "command line: evaluation.steps is 0, which stands for inner.life.to, 20000000: set it to at most 10000000"
      ),
      (
        [("datasets", #"[{"path": "/data", "weight": 1e-300}]"#)],
        "command line: datasets[0].weight must be in 1e-09 … 1000000000"
      ),
    ] as [([(path: String, value: String)], String)])
  func together(settings: [(path: String, value: String)], message: String) {
    let least = [(path: "datasets", value: #"["/data"]"#), (path: "state", value: "/state")]
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration.load(file: nil, environment: [:], flags: least + settings)
    }
    #expect(error?.description == message)
    #expect(error?.exitCode == .configuration)
  }
}
