import Files
import Foundation
import TestSupport
import Testing

/// `lopt describe` on a run of a few outer-iterations, and on what is shipped.
@Suite struct DescribeCommandTests {
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
          "datasets": [place.dataset], "state": state.path, "problem": "mlp2x32", "seed": seed, "inner": ["batch": 4],
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

    /// Runs the command, with the card at ``output``.
    @discardableResult
    func describe(
      snapshot: URL? = nil, dataset: String? = nil, state: URL? = nil, log: URL? = nil, evaluation: URL? = nil,
      startFrom: URL? = nil, output: URL? = nil, more: [String] = []
    ) throws -> ProcessResult {
      try place.run(
        "lopt",
        [
          "describe", (snapshot ?? self.snapshot).path, "--dataset", dataset ?? place.dataset,
          "--state", (state ?? exported).path, "--log", (log ?? self.state.appending(path: "log.jsonl")).path,
          "--evaluation", (evaluation ?? self.evaluation).path, "--command", "lopt train", "--commit", "abc",
          "--output", (output ?? self.output).path,
        ] + (startFrom.map { ["--start-from", $0.path] } ?? []) + more)
    }

    /// Expects a card and its path alone on standard output.
    func describes(startFrom: URL? = nil) throws {
      let result = try describe(startFrom: startFrom)
      #expect(result.exitCode == 0 && result.output == output.path + "\n", "\(result.errors)")
    }

    /// Expects a refusal with these words in one line, exit code 65 unless another is named, and no card.
    func refuses(_ words: String, code: Int32 = 65, _ describe: () throws -> ProcessResult) throws {
      let result = try describe()
      #expect(result.exitCode == code && result.output.isEmpty, "\(result)")
      #expect(result.errors.contains(words) && result.errors.hasPrefix("lopt: "), "\(result.errors)")
      #expect(result.errors.count { $0 == "\n" } == 1, "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: output.path))
    }
  }

  @Test("the card says what was trained, on what, how, for how long, and how it did")
  func card() throws {
    try withTemporaryFolder { folder in
      let run = try Run(in: folder)
      try run.describes()
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

  @Test("the card of a run that began with another's state names that state, and counts the time from there")
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
      try run.refuses("no row of outer-iteration 1") { try run.describe() }
      try run.describes(startFrom: start)
      let card = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: run.output)) as? [String: Any])
      #expect((card["time"] as? [String: Any])?["outer_iterations"] as? Int == 1)
      let before = try #require(card["start_from"] as? [String: Any])
      #expect(before["name"] as? String == "start.safetensors" && before["outer_iterations"] as? Int == 2)
      #expect(before["sha256"] as? String == Digest.sha256(try Data(contentsOf: start)))
    }
  }

  @Test("a file of another snapshot, run or data set is refused")
  func refused() throws {
    try withTemporaryFolder { folder in
      let run = try Run(in: folder)
      let other = run.state.appending(path: "snapshots/theta-000000003.safetensors")
      try run.refuses("the evaluation of another snapshot") { try run.describe(snapshot: other) }
      let elsewhere = folder.appending(path: "elsewhere")
      try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: false)
      let another = try Run(in: elsewhere, seed: 4)
      try run.refuses("another run's state") { try run.describe(state: another.exported) }
      let copy = folder.appending(path: "copy")
      try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: false)
      let manifest = try Data(contentsOf: URL(filePath: run.place.dataset + "/manifest.json"))
      try (manifest + Data(" ".utf8)).write(to: copy.appending(path: "manifest.json"))
      try run.refuses("not a manifest that") { try run.describe(dataset: copy.path) }
      let log = folder.appending(path: "log.jsonl")
      let rows = try String(contentsOf: run.state.appending(path: "log.jsonl"), encoding: .utf8).split(separator: "\n")
      try rows.dropFirst().joined(separator: "\n").write(to: log, atomically: true, encoding: .utf8)
      try run.refuses("no row of outer-iteration 1") { try run.describe(log: log) }
      try run.refuses("No such file", code: 66) { try run.describe(evaluation: folder.appending(path: "none.json")) }
      try run.refuses("not what `lopt evaluate --json` prints") {
        try run.describe(evaluation: URL(filePath: run.place.dataset + "/manifest.json"))
      }
      let heldOut = folder.appending(path: "held-out.json")
      try String(contentsOf: run.evaluation, encoding: .utf8)
        .replacing(/"split" : "[a-z-]+"/, with: #""split" : "held-out""#)
        .write(to: heldOut, atomically: true, encoding: .utf8)
      try run.refuses("is held out there, and was trained or chosen on") { try run.describe(evaluation: heldOut) }
      try run.refuses("ends at outer-iteration 3, after") {
        try run.describe(
          snapshot: run.state.appending(path: "snapshots/theta-000000000.safetensors"), startFrom: run.exported)
      }
      try run.describes()
    }
  }

  /// The keys of a card's lines before the evaluations, in order.
  private func keys(_ card: URL) throws -> [Substring] {
    try String(contentsOf: card, encoding: .utf8).split(separator: #""evaluations": ["#)[0]
      .matches(of: /(?m)^( *"[a-z0-9_-]+"):/).map(\.output.1)
  }

  private let shipped = Repository.root.appending(path: "Examples/theta")

  @Test("a card has the keys of the shipped ones, in their order, and the settings that came after these")
  func order() throws {
    let later = ["ages", "reference", "weight_by_length", "count_divergence_to_end"].map { "\"\($0)\"" }
    func isLater(_ key: Substring) -> Bool { later.contains { key.trimmingPrefix { $0 == " " } == $0 } }
    try withTemporaryFolder { folder in
      let run = try Run(in: folder)
      try run.describes()
      let found = try keys(run.output)
      #expect(try found.filter { !isLater($0) } == keys(shipped.appending(path: "mlp2x32-train.json")))
      #expect(found.count(where: isLater) == later.count)
    }
  }

  @Test("a snapshot's record is not replaced; a card is, and --json says where it is")
  func replaced() throws {
    try withTemporaryFolder { folder in
      let run = try Run(in: folder)
      let record = run.snapshot.deletingPathExtension().appendingPathExtension("json")
      let kept = try Data(contentsOf: record)
      try run.refuses("is the record of a snapshot; choose another --output", code: 73) {
        try run.describe(output: record)
      }
      #expect(try Data(contentsOf: record) == kept)
      try run.describes()
      let again = try run.describe(more: ["--json"])
      let printed = try JSONDecoder().decode([String: String].self, from: Data(again.output.utf8))
      #expect(printed == ["snapshot": run.snapshot.path, "card": run.output.path])
    }
  }

  @Test("cards are checked against their snapshots: what is shipped is right, a changed field is named")
  func check() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: shipped.path)
    let snapshots = names.filter { $0.hasSuffix(".safetensors") }.sorted().map { shipped.appending(path: $0) }
    #expect(snapshots.count >= 4)
    let right = try ToolProcess.run("lopt", ["describe", "--check"] + snapshots.map(\.path))
    #expect(right.exitCode == 0, "\(right)")
    #expect(right.output.matches(of: /(?m)^ok .*\.json$/).count == snapshots.count)
    try withTemporaryFolder { folder in
      let snapshot = folder.appending(path: "mlp2x32-train.safetensors")
      let card = folder.appending(path: "mlp2x32-train.json")
      try FileManager.default.copyItem(at: shipped.appending(path: "mlp2x32-train.safetensors"), to: snapshot)
      let text = try String(contentsOf: shipped.appending(path: "mlp2x32-train.json"), encoding: .utf8)
      for (field, old, new) in [
        ("steps", #""steps": 500"#, #""steps": 50"#), ("seed", #""seed": 1"#, #""seed": 2"#),
        ("outer_iterations", #""time": {\#n    "outer_iterations": 3000"#, #""time": {\#n    "outer_iterations": 3"#),
        ("average_decay", #""average_decay": 0.99"#, #""average_decay": 0.9"#),
      ] {
        try Data(text.replacing(old, with: new, maxReplacements: 1).utf8).write(to: card)
        let wrong = try ToolProcess.run("lopt", ["describe", "--check", snapshot.path])
        #expect(wrong.exitCode == 65 && wrong.output.hasPrefix("FAILED  \(card.path): its \(field) is "), "\(wrong)")
        #expect(wrong.errors == "lopt: 1 of 1 cards are not those of their snapshots\n")
      }
      try Data("{}".utf8).write(to: card)
      let none = try ToolProcess.run("lopt", ["describe", "--check", snapshot.path, "--json"])
      struct Checked: Decodable {
        var snapshot: String
        var card: String
        var error: String?
      }
      let checked = try JSONDecoder().decode([Checked].self, from: Data(none.output.utf8))
      #expect(checked.map(\.snapshot) == [snapshot.path] && checked[0].error?.contains("not a model card") == true)
    }
  }

  @Test(
    "a missing part of a card is asked for, and --check takes none of these options",
    arguments: [
      (["a"], "--dataset is needed"), (["a", "--dataset", "b"], "--state is needed"),
      (["a", "b", "--dataset", "c"], "one snapshot at a time"),
      (["--check", "a", "--commit", "b"], "--check takes snapshots and --json only"),
    ])
  func usage(arguments: [String], message: String) throws {
    let result = try ToolProcess.run("lopt", ["describe"] + arguments)
    #expect(result.exitCode == 64 && result.errors.contains(message), "\(result)")
  }
}
