import Foundation
import TestSupport
import Testing

/// `lopt evaluate` as a process, with step scales, schedules and chosen baselines.
@Suite struct EvaluatePaceTests {
  private static let few = ["--tasks", "1", "--steps", "5", "--grid", "3"]

  @Test("rows, JSON and the line about the plan say the step scale and the schedule of each optimizer")
  func output() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let arguments = place.arguments(
        Self.few + ["--tune-learned", "--schedule", "both", "--baselines", "nadamw, adam"])
      let result = try place.run("lopt", arguments + ["--json"])
      #expect(result.exitCode == 0, "\(result.errors)")
      let report = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let plan = try #require(report["plan"] as? [String: Any])
      #expect(plan["tune_learned"] as? Bool == true && plan["schedule"] as? String == "both")
      #expect(plan["baselines"] as? [String] == ["nadamw", "adam"] && plan["step_scale"] == nil)
      let results = try #require(report["results"] as? [[String: Any]])
      let names = ["learned", "learned-tuned", "nadamw", "adam"]
      #expect(results.map { $0["optimizer"] as? String } == names + names)
      #expect(
        results.map { $0["schedule"] as? String } == [String](repeating: "constant", count: 4) + [
          "cosine", "cosine", "cosine", "cosine",
        ])
      #expect(results.map { $0["step_scale"] is NSNull } == [false, false, true, true, false, false, true, true])
      #expect(results[0]["step_scale"] as? Double == 1 && results[4]["step_scale"] as? Double == 1)
      let decay = try #require(results[2]["hyperparameters"] as? [String: Double])["weight_decay"]
      #expect(decay == 0.01)

      let table = try place.run("lopt", arguments)
      #expect(table.exitCode == 0, "\(table.errors)")
      let lines = table.output.split(separator: "\n")
      #expect(lines[0].hasSuffix("learned step scale tuned by a grid of 3, constant and cosine schedule"))
      #expect(lines[1].split(separator: " ").prefix(5) == ["optimizer", "rate", "step", "scale", "schedule"])
      #expect(lines[2].split(separator: " ").prefix(4) == ["learned", "–", "1", "constant"])
      #expect(lines.count == 10 && lines[9].contains("cosine"))
    }
  }

  @Test("a table of other baselines than Adam has a dash where others have the steps to Adam's loss")
  func withoutAdam() throws {
    try withTemporaryFolder { folder in
      let place = try Workplace(in: folder)
      let result = try place.run(
        "lopt", place.arguments(Self.few + ["--baselines", "nesterov", "--step-scale", "0.25"]))
      #expect(result.exitCode == 0, "\(result.errors)")
      let rows = result.output.split(separator: "\n").dropFirst(2).map { $0.split(separator: " ") }
      #expect(rows.map(\.first) == ["learned", "nesterov"])
      #expect(rows[0][2] == "0.25" && rows[1][2] == "–")
      #expect(rows.allSatisfy { $0.dropFirst(3).contains("–") })
    }
  }

  @Test(
    "a pace or baselines that cannot be are refused before anything is read, by their option",
    arguments: [
      (["--step-scale", "0"], "--step-scale must be in 0.000001 … 1000000"),
      (["--step-scale=-1"], "--step-scale must be in"), (["--step-scale", "nan"], "--step-scale must be in"),
      (["--step-scale", "inf"], "--step-scale must be in"), (["--step-scale", "half"], "half"),
      (["--step-scale", "1", "--tune-learned"], "--step-scale and --tune-learned exclude one another"),
      (["--schedule", "linear"], "--schedule must be constant, cosine or both"),
      (["--baselines", ""], "--baselines must be one or more of adam, adamw, nadamw, rmsprop, momentum, nesterov"),
      (["--baselines", "adam,"], "--baselines must be one or more of"),
      (["--baselines", "adam,adam"], "--baselines must be one or more of"),
      (["--baselines", "adam,learned-tuned"], "--baselines must be one or more of"),
      (["--baselines", "Adam"], "--baselines must be one or more of"),
    ])
  func refused(options: [String], message: String) throws {
    let arguments = ["evaluate", "--snapshot", "none", "--dataset", "none", "--problem", "mlp2x32"]
    let result = try ToolProcess.run("lopt", arguments + Self.few + options)
    #expect(result.exitCode == 64 && result.errors.contains(message), "\(result)")
  }
}
