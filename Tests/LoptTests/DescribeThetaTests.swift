import Files
import Foundation
import TestSupport
import Testing

/// `scripts/describe-theta` on a run of a few outer-iterations.
@Suite struct DescribeThetaTests {
  /// A run with what is to be told of it.
  private struct Run {
    var place: Workplace
    var state: URL { place.folder.appending(path: "state") }
    var exported: URL { place.folder.appending(path: "run.safetensors") }
    var evaluation: URL { place.folder.appending(path: "evaluation.json") }
    var snapshot: URL { state.appending(path: "snapshots/average-000000003.safetensors") }
    var output: URL { place.folder.appending(path: "small.json") }

    init(in folder: URL, seed: Int = 3, startFrom: URL? = nil) throws {
      place = try Workplace(in: folder)
      var settings =
        [
          "datasets": [place.dataset], "state": state.path, "seed": seed, "inner": ["batch": 4],
          "outer": ["pairs": 2, "learning_rate": 0.002],
        ] as [String: Any]
      settings["start_from"] = startFrom?.path
      let configuration = folder.appending(path: "lopt.json")
      try JSONSerialization.data(withJSONObject: settings).write(to: configuration)
      try require("train", "--config", configuration.path, "--outer-iterations", "3")
      try require("export-state", state.path, "--output", exported.path)
      let report = try require(
        "evaluate", "--snapshot", snapshot.path, "--dataset", place.dataset, "--problem", "mlp2x32", "--tasks", "1",
        "--steps", "5", "--json")
      try Data(report.utf8).write(to: evaluation)
    }

    @discardableResult
    private func require(_ arguments: String...) throws -> String {
      let result = try place.run("lopt", arguments)
      try #require(result.exitCode == 0, "\(result.errors)")
      return result.output
    }

    /// Runs the script; throws what it says where it fails.
    func describe(
      snapshot: URL? = nil, dataset: String? = nil, state: URL? = nil, log: URL? = nil, evaluation: URL? = nil,
      startFrom: URL? = nil
    ) throws {
      _ = try Python.run(
        script: Repository.root.appending(path: "scripts/describe-theta"),
        arguments: [
          (snapshot ?? self.snapshot).path, "--dataset", dataset ?? place.dataset, "--state", (state ?? exported).path,
          "--log",
          (log ?? self.state.appending(path: "log.jsonl")).path, "--evaluation", (evaluation ?? self.evaluation).path,
          "--command", "lopt train", "--commit", "abc", "--output", output.path,
        ] + (startFrom.map { ["--start-from", $0.path] } ?? []))
    }

    /// Expects a refusal with these words and no file.
    func refuses(_ words: String, _ body: () throws -> Void) {
      let error = #expect(throws: (any Error).self) { try body() }
      #expect("\(String(describing: error))".contains(words))
      #expect(!FileManager.default.fileExists(atPath: output.path))
    }
  }

  @Test("the card says what was trained, on what, how, for how long, and what it came to")
  func card() throws {
    try withTemporaryFolder { folder in
      let run = try Run(in: folder)
      try run.describe()
      let card = try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: run.output)) as? [String: Any])
      #expect(card["sha256"] as? String == Digest.sha256(try Data(contentsOf: run.snapshot)))
      #expect(card["problem"] as? String == "mlp2x32" && card["objective"] as? String == "train")
      #expect(card["size"] as? [Int] == [14, 14, 1] && card["steps"] as? Int == 500 && card["batch"] as? Int == 4)
      #expect(card["commit"] as? String == "abc" && card["command"] as? String == "lopt train")
      #expect(card["average_decay"] as? Double == 0.99)
      let settings = try #require(card["settings"] as? [String: Any])
      #expect(settings["state"] == nil && settings["seed"] as? Int == 3)
      let outer = try #require(settings["outer"] as? [String: Any])
      #expect(outer["learning_rate"] as? Double == 0.002 && outer["pairs"] as? Int == 2)
      let data = try #require((card["data"] as? [[String: Any]])?.first)
      #expect(data["name"] as? String == "mnist14" && data["classes"] as? [String: Int] == ["train": 10])
      let digests = try #require(data["content_sha256"] as? [String])
      #expect(digests.count == 1 && digests[0].count == 64)
      let time = try #require(card["time"] as? [String: Any])
      #expect(time["outer_iterations"] as? Int == 3 && time["inner_steps"] as? Int ?? 0 > 0)
      let evaluations = try #require(card["evaluations"] as? [[String: Any]])
      let results = try #require(evaluations.first?["results"] as? [[String: Any]])
      #expect(results.map { $0["optimizer"] as? String } == ["learned", "adam", "rmsprop", "momentum"])
    }
  }

  @Test("of a run that began with another's state the card says which, and counts the time from there")
  func startFrom() throws {
    try withTemporaryFolder { folder in
      let first = try Run(in: folder)
      // Its first two outer-iterations are those of the run before.
      let start = folder.appending(path: "start.safetensors")
      let state = folder.appending(path: "before")
      let dataset = first.place.dataset
      let trained = try first.place.run(
        "lopt",
        [
          "train", "--config", folder.appending(path: "lopt.json").path, "--state", state.path, "--datasets", dataset,
          "--outer-iterations", "2",
        ])
      #expect(trained.exitCode == 0, "\(trained.errors)")
      let exported = try first.place.run("lopt", ["export-state", state.path, "--output", start.path])
      #expect(exported.exitCode == 0, "\(exported.errors)")
      let elsewhere = folder.appending(path: "elsewhere")
      try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: false)
      let run = try Run(in: elsewhere, startFrom: start)
      run.refuses("no row of outer-iteration 1") { try run.describe() }
      try run.describe(startFrom: start)
      let card = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: run.output)) as? [String: Any])
      #expect((card["time"] as? [String: Any])?["outer_iterations"] as? Int == 1)
      let before = try #require(card["start_from"] as? [String: Any])
      #expect(before["name"] as? String == "start.safetensors" && before["outer_iterations"] as? Int == 2)
      #expect(before["sha256"] as? String == Digest.sha256(try Data(contentsOf: start)))
    }
  }

  @Test("what belongs to another snapshot, run or data set is refused")
  func refused() throws {
    try withTemporaryFolder { folder in
      let run = try Run(in: folder)
      let other = run.state.appending(path: "snapshots/theta-000000003.safetensors")
      run.refuses("the evaluation of another snapshot") { try run.describe(snapshot: other) }
      let elsewhere = folder.appending(path: "elsewhere")
      try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: false)
      let another = try Run(in: elsewhere, seed: 4)
      run.refuses("another run's state") { try run.describe(state: another.exported) }
      let copy = folder.appending(path: "copy")
      try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: false)
      let manifest = try Data(contentsOf: URL(filePath: run.place.dataset + "/manifest.json"))
      try (manifest + Data(" ".utf8)).write(to: copy.appending(path: "manifest.json"))
      run.refuses("not a manifest that") { try run.describe(dataset: copy.path) }
      let log = folder.appending(path: "log.jsonl")
      let rows = try String(contentsOf: run.state.appending(path: "log.jsonl"), encoding: .utf8).split(separator: "\n")
      try rows.dropFirst().joined(separator: "\n").write(to: log, atomically: true, encoding: .utf8)
      run.refuses("no row of outer-iteration 1") { try run.describe(log: log) }
      run.refuses("No such file") { try run.describe(evaluation: folder.appending(path: "none.json")) }
      run.refuses("not what `lopt evaluate --json` prints") {
        try run.describe(evaluation: URL(filePath: run.place.dataset + "/manifest.json"))
      }
      let heldOut = folder.appending(path: "held-out.json")
      try String(contentsOf: run.evaluation, encoding: .utf8)
        .replacing(/"split" : "[a-z-]+"/, with: #""split" : "held-out""#)
        .write(to: heldOut, atomically: true, encoding: .utf8)
      run.refuses("is held out there, and was trained or chosen on") { try run.describe(evaluation: heldOut) }
      try run.describe()
    }
  }
}
