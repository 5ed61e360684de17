import Engine
import Files
import Foundation
import Shards
import TestSupport
import Testing

@testable import Evaluation

/// Plan files of `lopt evaluate`.
@Suite struct EvaluationOptionsTests {
  private func read(_ text: String) throws -> EvaluationOptions {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "plan.json")
      try Data(text.utf8).write(to: file)
      return try EvaluationOptions(planAt: file)
    }
  }

  @Test("a plan's file may give any of the options; those of the command line win over it")
  func laid() throws {
    let file = try read(#"{"problem": "mlp2x32", "steps": 500, "split": "held-out", "tune": "validation", "seed": 7}"#)
    #expect(
      file == EvaluationOptions(problem: "mlp2x32", split: .heldOut, steps: 500, seed: 7, tune: .validation))
    let both = EvaluationOptions(tasks: 3, steps: 20, seed: 0).over(file)
    #expect(
      both
        == EvaluationOptions(problem: "mlp2x32", split: .heldOut, tasks: 3, steps: 20, seed: 0, tune: .validation))
  }

  @Test(
    "a file that is no plan is refused by its key, as a configuration is",
    arguments: [
      ("[]", "not a JSON object"), (#"{"task": 1}"#, "unknown key task; there are problem, split"),
      (#"{"tasks": "many"}"#, "tasks cannot be that"), (#"{"tune": "both"}"#, "tune cannot be that"),
      (#"{"seed": 1, "tasks": 1e30}"#, "tasks is 1e+30: must be a whole number in 1 … 10000 (line 1, column 22)"),
      (#"{"tasks": 1e400}"#, "tasks is 1e400: must be a whole number in 1 … 10000 (line 1, column 11)"),
      (#"{"batch": 2.5}"#, "batch is 2.5: must be a whole number in 1 … "),
      (#"{"steps": true}"#, "steps is true: must"),
      ("{\n\"seed\": -1}", "seed is -1: must be a whole number in 0 … 18446744073709551615 (line 2, column 9)"),
      (#"{"problem": 1e400}"#, "not JSON: line 1, column 13: the number 1e400 of problem is too large"),
      (#"{"steps": 0}"#, "steps must be in 1 … 10000000"),
      (#"{"search": 99}"#, "search must be at least 100"), (#"{"grid": 2}"#, "grid must be in 3 … 61"),
      (#"{"tasks": 400, "initialisations": 300}"#, "tasks times initialisations must be at most 100000"),
      (#"{"schedule": "linear"}"#, "schedule cannot be that"),
      (#"{"schedule": ["cosine"]}"#, "schedule cannot be that"),
      (#"{"step_scale": 0}"#, "step_scale must be in 0.000001 … 1000000"),
      (#"{"step_scale": -1}"#, "step_scale must be in"), (#"{"step_scale": 2e6}"#, "step_scale must be in"),
      (#"{"step_scale": 1e39}"#, "step_scale "), (#"{"step_scale": "1"}"#, "step_scale cannot be that"),
      (#"{"step_scale": 0.5, "tune_learned": true}"#, "step_scale and tune_learned exclude one another"),
      (#"{"tune_learned": 1}"#, "tune_learned cannot be that"),
      (#"{"step-scale": 1}"#, "unknown key step-scale; there are problem, split"),
      (
        #"{"baselines": []}"#, "baselines must be one or more of adam, adamw, nadamw, rmsprop, momentum, nesterov, each"
      ),
      (#"{"baselines": ["adam", "adam"]}"#, "baselines must be one or more of"),
      (#"{"baselines": ["adam", "learned"]}"#, "baselines must be one or more of"),
      (#"{"baselines": ["lion"]}"#, "baselines cannot be that"),
      (#"{"baselines": "adam"}"#, "baselines cannot be that"),
    ])
  func refused(text: String, message: String) {
    let error = #expect(throws: EvaluationError.self) { try read(text) }
    #expect(error?.description.contains("plan.json: \(message)") == true, "\(String(describing: error))")
    #expect(error?.exitCode == .configuration)
  }

  @Test(
    "a number beyond its range is refused by its name, before anything is computed with it",
    arguments: ["tasks", "initialisations", "steps", "batch", "search", "screen", "grid"])
  func ranges(name: String) {
    for number in ["9223372036854775807", "4611686018427387904", "1000000000", "0", "-1", "-9223372036854775808"] {
      let error = #expect(throws: EvaluationError.self, "\(number)") { try read("{\"\(name)\": \(number)}") }
      #expect(error?.description.contains("plan.json: \(name) must be ") == true, "\(String(describing: error))")
    }
  }

  @Test("a plan's file may give the pace of the learned optimizer, the schedules and the baselines")
  func pace() throws {
    let file = try read(
      #"{"tune_learned": true, "schedule": "both", "baselines": ["nesterov", "adamw"], "step_scale": null}"#)
    #expect(file == EvaluationOptions(tuneLearned: true, schedule: .both, baselines: [.nesterov, .adamw]))
    let both = EvaluationOptions(schedule: .cosine, baselines: [.adam]).over(file)
    #expect(both == EvaluationOptions(tuneLearned: true, schedule: .cosine, baselines: [.adam]))
    #expect(
      EvaluationOptions(stepScale: 2).over(file).fault(prefix: "--")?.hasPrefix(
        "--step-scale and --tune-learned exclude one another") == true)
  }

  @Test("every shipped run has a plan, for the problem of the run")
  func shipped() throws {
    let folder = Repository.root.appending(path: "Examples/theta/runs")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
    let runs = files.filter { !$0.hasSuffix(".evaluation.json") }.map { $0.dropLast(".json".count) }
    #expect(runs.count == 4 && files.count == 8)
    for run in runs {
      let plan = try EvaluationOptions(planAt: folder.appending(path: "\(run).evaluation.json"))
      let configuration =
        try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "\(run).json")))
        as? [String: Any]
      #expect(
        plan
          == EvaluationOptions(
            problem: configuration?["problem"] as? String, tasks: 20, initialisations: 3,
            steps: run == "conv3x32-train" ? 1_000 : 500, batch: 32,
            tune: run == "conv3x8@16-validation" ? .validation : .train, screen: 4, tuneLearned: true))
    }
  }
}
