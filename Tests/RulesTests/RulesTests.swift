import Foundation
import TestSupport
import Testing

/// The rules of the house that a program can keep, on the tree and on trees that break them.
@Suite struct RulesTests {
  @Test("nothing in the tree breaks the rule but what exceptions.txt lists", arguments: Rule.all)
  func tree(rule: Rule) throws {
    let violations = rule.violations(try Tree.checkout.get())
    let exceptions = try Exceptions(String(contentsOf: Exceptions.file, encoding: .utf8))
    let disagreements = exceptions.disagreements(violations, of: rule.name)
    #expect(disagreements.isEmpty, "\(disagreements.joined(separator: "\n"))")
  }

  @Test("a tree in which the rule is broken once has one violation, which says where and what", arguments: Rule.all)
  func planted(rule: Rule) {
    #expect(!rule.planted.isEmpty)
    for planted in rule.planted {
      #expect(rule.violations(planted.tree).map(\.description) == [planted.said])
    }
  }

  @Test("every exception is of a rule, and of a file or folder that is there")
  func exceptions() throws {
    let tree = try Tree.checkout.get()
    let exceptions = try Exceptions(String(contentsOf: Exceptions.file, encoding: .utf8))
    for place in exceptions.counts.keys {
      #expect(Rule.all.contains { $0.name == place.rule } && tree.paths.contains(place.path), "\(place)")
      // What is too long or too full is so for a reason.
      if ["files", "folders"].contains(place.rule) { #expect(exceptions.reasons[place] != nil, "\(place)") }
    }
  }

  @Test("more violations than are excepted are printed each; fewer say how small the exception is now")
  func counts() throws {
    let exceptions = try Exceptions("# comment\nfiles a 1\nfiles b 2 as it is one table\nfolders a 1\n")
    let violations =
      [1, 2].map { Violation(path: "a", line: $0, message: "x") } + [Violation(path: "b", line: 1, message: "y")]
    #expect(
      exceptions.disagreements(violations, of: "files") == [
        "a:1: x (1 of 2 in this file are excepted)", "a:2: x (1 of 2 in this file are excepted)",
        "exceptions.txt: files b is 1 now, not 2: LOPT_TEST_RECORD=1 writes it smaller",
      ])
    #expect(exceptions.reasons[Exceptions.Place(rule: "files", path: "b")] == "as it is one table")
    #expect(throws: Exceptions.Malformed.self) { try Exceptions("files a none") }
  }

  @Test("what is recorded is never larger than it was")
  func shrinking() throws {
    let text = "# comment\nfiles a 1\nfiles b 3 a reason\nfiles c 4\n"
    let found = [
      Exceptions.Place(rule: "files", path: "a"): 2, Exceptions.Place(rule: "files", path: "b"): 1,
      Exceptions.Place(rule: "files", path: "d"): 5,
    ]
    #expect(try Exceptions(text).shrunk(text, to: found) == "# comment\nfiles a 1\nfiles b 1 a reason\n")
  }

  @Test(
    "the exceptions are written as small as they can be",
    .enabled(if: ProcessInfo.processInfo.environment["LOPT_TEST_RECORD"] != nil))
  func record() throws {
    let tree = try Tree.checkout.get()
    var found: [Exceptions.Place: Int] = [:]
    for rule in Rule.all {
      for violation in rule.violations(tree) { found[.init(rule: rule.name, path: violation.path), default: 0] += 1 }
    }
    let text = try String(contentsOf: Exceptions.file, encoding: .utf8)
    try Exceptions(text).shrunk(text, to: found).write(to: Exceptions.file, atomically: true, encoding: .utf8)
  }
}
