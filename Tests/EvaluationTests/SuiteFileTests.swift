import Engine
import Files
import Foundation
import Shards
import TestSupport
import Testing

@testable import Evaluation

/// Files of suites, and the two that are shipped.
@Suite struct SuiteFileTests {
  private static let row =
    #""dataset": "d", "problem": "mlp2x32", "split": "train", "tasks": 2, "steps": 30, "batch": 8"#

  private func read(_ text: String) throws -> Suite {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "suite.json")
      try Data(text.utf8).write(to: file)
      return try Suite(at: file)
    }
  }

  private func suite(_ rows: String...) -> String {
    "{\"name\": \"s\", \"purpose\": \"p\", \"rows\": [\(rows.map { "{\($0)}" }.joined(separator: ", "))]}"
  }

  @Test("a row has the keys of a plan and a data set; the step scale of every row is tuned")
  func rows() throws {
    let suite = try read(
      suite(
        Self.row,
        Self.row.replacing("30", with: "40")
          + #", "initialisations": 2, "seed": 3, "tune": "validation", "schedule": "both", "grid": 5, "screen": 1, "#
          + #""baselines": ["adam", "adamw"], "tune_learned": true, "#
          + #""small": {"tasks": 1, "initialisations": 1, "schedule": "cosine", "baselines": ["adamw"], "grid": 3}"#))
    #expect(suite.name == "s" && suite.purpose == "p" && suite.datasets == ["d"])
    #expect(suite.rows.map(\.name) == ["mlp2x32 d 30x8", "mlp2x32 d 40x8"])
    #expect(
      suite.rows[0].plan
        == EvaluationPlan(
          problem: "mlp2x32", split: .train, tasks: 2, initialisations: 1, steps: 30, batch: 8, seed: 0,
          tunedFor: .train, tunesLearned: true))
    let second = EvaluationPlan(
      problem: "mlp2x32", split: .train, tasks: 2, initialisations: 2, steps: 40, batch: 8, seed: 3,
      tunedFor: .validation, screen: 1, grid: 5, tunesLearned: true, schedule: .both, baselines: [.adam, .adamw])
    #expect(suite.rows[1].plan == second)

    let small = try suite.small()
    var expected = second
    (expected.tasks, expected.initialisations, expected.grid) = (1, 1, 3)
    (expected.schedule, expected.baselines) = (.cosine, [.adamw])
    #expect(small.rows.map(\.plan) == [expected] && small.name == "s-small")
  }

  @Test(
    "a file that is no suite is refused by its row and key",
    arguments: [
      ("", "not JSON: line 1, column 1"), ("{\"name\": ", "not JSON: line 1, column 10"), ("[]", "not a JSON object"),
      ("{}", "name must be a text"), (#"{"name": 3}"#, "name must be a text (line 1, column 10)"),
      (#"{"name": "../a", "purpose": "p", "rows": []}"#, "name must be letters, digits, dots, - and _"),
      (#"{"name": "s", "purpose": " "}"#, "purpose must be a text"),
      (#"{"name": "s", "purpose": "p"}"#, "rows must be an array of 1 … 1000 objects"),
      (#"{"name": "s", "purpose": "p", "rows": []}"#, "rows must be an array of 1 … 1000 objects (line 1"),
      (#"{"name": "s", "purpose": "p", "rows": {}}"#, "rows must be an array"),
      (#"{"name": "s", "purpose": "p", "rows": [1]}"#, "rows must be an array"),
      (#"{"name": "s", "purpose": "p", "rows": [[]]}"#, "rows must be an array"),
      (#"{"name": "s", "purpose": "p", "row": []}"#, "unknown key row; there are name, purpose, rows; did you mean"),
      (#"{"name": "s", "name": "t"}"#, "not JSON: line 1, column 15: the key name is there for the second time"),
    ])
  func refused(text: String, message: String) { expectRefusal(text, message) }

  private static func adding(_ text: String) -> String { row + text }
  private static func changed(_ old: String, _ new: String) -> String { row.replacing(old, with: new) }
  /// Rows that cannot be, behind one that can, each with what is said of it.
  private static let refusedRows: [(String, String)] = [
    (
      #""dataset": "d""#,
      "rows[1]: problem is missing: a row has dataset, problem, split, tasks, steps, batch (line 2"
    ),
    (adding(#", "step": 3"#), "rows[1]: unknown key step; there are dataset, small, problem"),
    (adding(#", "steps": 3"#), "not JSON: line 2, column 95: the key steps is there for the second time"),
    (
      row, "rows[1]: the same problem, data set, steps and batch as rows[0]: a suite has each once (line 2, column 1)"
    ),
    (adding(#", "seed": 4"#), "rows[1]: the same problem"),
    (changed("30", "0"), "rows[1]: steps must be in 1 … 10000000"),
    (changed("30", "1e400"), "rows[1]: steps is 1e400: must be a whole number in 1 … 10000000 (line 2"),
    (changed("30", "2.5"), "rows[1]: steps is 2.5: must be a whole number"),
    (changed("30", "null"), "rows[1]: a value is null"),
    (changed("\"d\"", "3"), "rows[1]: dataset must be letters, digits"),
    (changed("\"d\"", "\"a=b\""), "rows[1]: dataset must be letters, digits"),
    (changed("\"d\"", "\"\""), "rows[1]: dataset must be letters, digits"),
    (changed("mlp2x32", "mlp0x32"), "rows[1]: unknown problem mlp0x32; there are mlp2x32"),
    (changed("\"train\"", "\"test\""), "rows[1]: split cannot be that"),
    (adding(#", "step_scale": 1"#), "rows[1]: step_scale cannot be that: a suite's rows are evaluated at"),
    (adding(#", "tune_learned": false"#), "rows[1]: tune_learned cannot be that: a suite's rows are evaluated at"),
    (adding(#", "tune_learned": "yes""#), "rows[1]: tune_learned cannot be that"),
    (adding(#", "small": true"#), "rows[1].small: must be an object of what differs in the small form, or {} (line 2"),
    (adding(#", "small": {"steps": 3}"#), "rows[1].small: unknown key steps; there are tasks, initialisations"),
    (adding(#", "small": {"grid": 2}"#), "rows[1].small: grid must be in 3 … 61"),
    (adding(#", "small": {"tasks": "1"}"#), "rows[1].small: tasks cannot be that"),
    (adding(#", "small": {"tasks": 1e999}"#), "rows[1].small: tasks is 1e999: must be a whole number in 1 … 10000"),
    (adding(#", "initialisations": 400, "small": {"tasks": 300}"#), "rows[1].small: tasks times initialisations"),
  ]

  @Test("a row that cannot be is refused by its place and key", arguments: refusedRows)
  func refusedRow(row: String, message: String) {
    expectRefusal("{\"name\": \"s\", \"purpose\": \"p\", \"rows\": [{\(Self.row)},\n{\(row)}]}", message)
  }

  private func expectRefusal(_ text: String, _ message: String) {
    let error = #expect(throws: EvaluationError.self) { try read(text) }
    #expect(error?.description.contains("suite.json: \(message)") == true, "\(String(describing: error))")
    #expect(error?.exitCode == .configuration)
  }

  @Test("a suite without marked rows has no small form")
  func noSmall() throws {
    let suite = try read(suite(Self.row))
    let error = #expect(throws: EvaluationError.self) { try suite.small() }
    #expect(error?.description.contains("no row has the key small") == true)
  }

  private func shipped(_ name: String) throws -> Suite {
    try Suite(at: Repository.root.appending(path: "Examples/suites/\(name).json"))
  }

  @Test("the shipped suites have no row, and no problem on a data set, in common")
  func apart() throws {
    let suites = try ["development", "transfer"].map { try shipped($0) }
    #expect(suites.map(\.name) == ["development", "transfer"])
    let pairs = suites.map { Set($0.rows.map { "\($0.plan.problem) \($0.dataset)" }) }
    #expect(pairs[0].isDisjoint(with: pairs[1]))
    #expect(pairs.map(\.count) == suites.map(\.rows.count))
  }

  @Test("development is of outer-validation classes of glyphs alone; transfer is of classes that nothing is chosen on")
  func splits() throws {
    let (development, transfer) = (try shipped("development"), try shipped("transfer"))
    #expect(development.rows.allSatisfy { $0.plan.split == .outerValidation && $0.dataset.hasPrefix("glyphs") })
    for row in transfer.rows {
      #expect(row.dataset.hasPrefix("mnist") ? row.plan.split == .train : row.plan.split == .heldOut, "\(row.name)")
    }
  }

  @Test("transfer has at least 12 rows, of every width, depth, kind, size, length and batch that it is for")
  func breadth() throws {
    let suite = try shipped("transfer")
    #expect(suite.rows.count >= 12)
    let plans = suite.rows.map(\.plan)
    let problems = try plans.map { try InnerProblems.named($0.problem) }
    let names = problems.map { $0.name.firstMatch(of: /^(conv|mlp)([0-9]+)x([0-9]+)/) }
    let (depths, widths) = (
      names.compactMap { $0.flatMap { Int($0.2) } }, names.compactMap { $0.flatMap { Int($0.3) } }
    )
    #expect(widths.min() == 16 && widths.max() == 128 && depths.min() == 2 && depths.max() == 6)
    #expect(Set(names.compactMap { $0?.1 }) == ["conv", "mlp"])
    let sides = problems.map(\.shape.height)
    #expect(sides.min() == 8 && sides.max() == 32 && Set(problems.map(\.shape.channels)) == [1, 3])
    #expect(plans.map(\.steps).min() == 200 && plans.map(\.steps).max() == 10_000)
    #expect(plans.map(\.batch).min() == 16 && plans.map(\.batch).max() == 256)
    #expect(Set(suite.rows.map { $0.dataset.prefix(5) }) == ["glyph", "mnist"])
  }

  @Test("the small form has six rows, with AdamW and the cosine schedule", arguments: ["development", "transfer"])
  func small(name: String) throws {
    let small = try shipped(name).small()
    #expect(small.rows.count == 6)
    #expect(small.rows.allSatisfy { $0.plan.comparedBaselines == [.adamw] && $0.plan.schedules == [.cosine] })
    #expect(small.rows.allSatisfy { $0.plan.tunesLearned == true })
  }
}
