import Foundation
import TestSupport

/// What breaks a rule and may for now: `exceptions.txt`, whose numbers only become smaller.
struct Exceptions {
  /// What is excepted of a rule in a file.
  struct Place: Hashable, Comparable {
    let rule: String
    let path: String

    static func < (one: Place, other: Place) -> Bool { (one.rule, one.path) < (other.rule, other.path) }
  }

  /// How many violations there may be.
  private(set) var counts: [Place: Int] = [:]
  private(set) var reasons: [Place: String] = [:]

  /// A line for each place: the rule, the path, how many; a reason where it is to stay. `#` begins a comment.
  init(_ text: String) throws {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: " ", maxSplits: 3).map(String.init)
      guard parts.count >= 3, let count = Int(parts[2]), count > 0 else { throw Malformed(line: String(line)) }
      let place = Place(rule: parts[0], path: parts[1])
      counts[place] = count
      if parts.count == 4 { reasons[place] = parts[3] }
    }
  }

  struct Malformed: Error { let line: String }

  static let file = Repository.root.appending(path: "Tests/RulesTests/exceptions.txt")

  /// What does not agree: places with more violations than are excepted, and exceptions that are larger than needed.
  func disagreements(_ violations: [Violation], of rule: String) -> [String] {
    let found = Dictionary(grouping: violations, by: \.path)
    var result: [String] = []
    for (path, here) in found.sorted(by: { $0.key < $1.key }) {
      let excepted = counts[Place(rule: rule, path: path)] ?? 0
      if here.count > excepted {
        let said = excepted == 0 ? "" : " (\(excepted) of \(here.count) in this file are excepted)"
        result += here.map { "\($0)\(said)" }
      }
    }
    for (place, excepted) in counts.sorted(by: { $0.key < $1.key }) where place.rule == rule {
      let here = found[place.path]?.count ?? 0
      if here < excepted {
        result.append(
          "exceptions.txt: \(rule) \(place.path) is \(here) now, not \(excepted): LOPT_TEST_RECORD=1 writes it smaller")
      }
    }
    return result
  }

  /// The file's text with no number larger than what is found; nothing is ever added.
  func shrunk(_ text: String, to found: [Place: Int]) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line -> String? in
      let parts = line.split(separator: " ", maxSplits: 3).map(String.init)
      guard !line.hasPrefix("#"), parts.count >= 3, let count = Int(parts[2]) else { return String(line) }
      let now = min(count, found[Place(rule: parts[0], path: parts[1])] ?? 0)
      return now == 0 ? nil : (parts[..<2] + ["\(now)"] + parts[3...]).joined(separator: " ")
    }
    return lines.joined(separator: "\n")
  }
}
