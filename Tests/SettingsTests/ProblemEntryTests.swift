import Engine
import Files
import Foundation
import TestSupport
import Testing

@testable import Settings

/// What an entry of `problem` may have of its own.
@Suite struct ProblemEntryTests {
  private func load(_ problem: String, _ more: [(path: String, value: String)] = []) throws -> Configuration {
    try Configuration.load(
      file: nil, environment: [:],
      flags: [("datasets", #"["/data"]"#), ("state", "/state"), ("problem", problem)] + more)
  }

  @Test("batch and life take the place of the settings of all, each end of a life for itself")
  func own() throws {
    let configuration = try load(
      #"""
      ["mlp2x32", {"name": "mlp2x32", "batch": 8, "life": {"from": 100, "to": 2000}, "weight": 2},
      {"name": "mlp3x128", "life": {"to": 60}}, {"name": "mlp3x128", "life": {"from": 500}},
      {"name": "mlp2x32", "batch": 32, "life": {"from": 50, "to": 500}},
      {"name": "mlp2x32", "batch": null, "life": null, "reference_loss": 0.5}, {"name": "mlp2x32", "life": {}}]
      """#)
    let inner = configuration.inner
    #expect(configuration.problem.map { $0.ownBatch(inner) } == [nil, 8, nil, nil, nil, nil, nil])
    #expect(
      configuration.problem.map { $0.ownLife(inner) } == [nil, 100...2_000, 50...60, 500...500, nil, nil, nil],
      "what is as it is for all is not its own")
    #expect(configuration.problem[1].weight == 2 && configuration.problem[5].referenceLoss == 0.5)
    #expect(throws: ConfigurationError.self) { try load("mlp2x32", [("outer.reference", "adam")]) }
    let stored = try #require(Configuration(stored: JSONEncoder().encode(configuration)))
    #expect(stored.problem == configuration.problem)
  }

  @Test(
    "what cannot be is refused by its place in the array",
    arguments: [
      (#"[{"name": "mlp2x32", "batch": 0}]"#, "problem[0].batch must be in 1 … 65536"),
      (#"[{"name": "mlp2x32", "batch": 65537}]"#, "problem[0].batch must be in 1 … 65536"),
      (#"[{"name": "mlp2x32", "batch": "8"}]"#, "problem[0].batch must be a whole number"),
      (#"[{"name": "mlp2x32", "batch": [8]}]"#, "problem[0].batch must be a whole number"),
      (
        #"[{"name": "mlp2x32", "batch": 8.5}]"#,
        "problem is [{"
      ),
      (#"["mlp2x32", {"name": "mlp2x32", "life": 50}]"#, "problem[1].life must be an object with the keys from, to"),
      (#"[{"name": "mlp2x32", "life": [50, 500]}]"#, "problem[0].life must be an object with the keys from, to"),
      (#"[{"name": "mlp2x32", "life": {"form": 50}}]"#, "unknown key problem[0].life.form"),
      (#"[{"name": "mlp2x32", "lives": {"from": 50}}]"#, "unknown key problem[0].lives"),
      (#"[{"name": "mlp2x32", "life": {"from": true}}]"#, "problem[0].life.from must be a whole number"),
      (#"[{"name": "mlp2x32", "reference_loss": 0}]"#, "problem[0].reference_loss must be in 1e-06 … 1000000"),
      (#"[{"name": "mlp2x32", "reference_loss": -1}]"#, "problem[0].reference_loss must be in 1e-06 … 1000000"),
      (#"[{"name": "mlp2x32", "reference_loss": "adam"}]"#, "problem[0].reference_loss must be a number"),
      (#"[{"name": "mlp2x32", "referenceLoss": 1}]"#, "unknown key problem[0].referenceLoss"),
      (#"[{"name": "mlp2x32", "life": {"from": 0}}]"#, "problem[0].life.from must be in 1 … 1000000000"),
      (
        #"[{"name": "mlp2x32", "life": {"from": 1000000001, "to": 1000000002}}]"#,
        "problem[0].life.from must be in 1 … 1000000000"
      ),
      (
        #"[{"name": "mlp2x32", "life": {"from": 9, "to": 8}}]"#,
        "problem[0].life.to must be at least from, 9, and at most 1000000000"
      ),
      (
        #"[{"name": "mlp2x32", "life": {"to": 49}}]"#,
        "problem[0].life.to must be at least inner.life.from, 50, and at most 1000000000"
      ),
      (
        #"[{"name": "mlp2x32", "life": {"to": 1000000001}}]"#,
        "problem[0].life.to must be at least inner.life.from, 50, and at most 1000000000"
      ),
      (
        #"[{"name": "mlp2x32", "life": {"from": 501}}]"#,
        "problem[0].life.from must be at most inner.life.to, 500, where life has no to"
      ),
      (
        #"[{"name": "mlp2x32", "life": {"to": 50, "to": 60}}]"#,
        "problem is [{\"name\": \"mlp2x32\", \"life\": {\"to\": 50, \"to\": 60}}], which is not JSON: line 1, column 41: the "
          + "key to is there for the second time"
      ),
    ])
  func refused(problem: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try load(problem) }
    #expect(error?.description.hasPrefix("command line: \(message)") == true, "\(error?.description ?? "loaded")")
    #expect(error?.exitCode == .configuration)
  }

  @Test("an evaluation as long as a problem's life has the range of its own key")
  func evaluation() throws {
    let problem = #"[{"name": "mlp2x32", "life": {"to": 20000000}}]"#
    _ = try load(problem)
    let error = #expect(throws: ConfigurationError.self) { try load(problem, [("evaluation.every", "5")]) }
    #expect(
      error?.description
        == "command line: evaluation.steps is 0, which stands for problem[0].life.to, 20000000: set it to at most 10000000"
    )
  }
}
