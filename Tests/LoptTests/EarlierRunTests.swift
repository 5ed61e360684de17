import Files
import Foundation
import TestSupport
import Testing

/// What version 0.1.0 left — a run's state, a data set, what a client remembers — is opened and gone on with as that
/// version did it: Tests/Fixtures/0.1.0, whose README says how each was made.
///
/// Everything is unpacked into a new folder, which is another place than that where it was made. What was computed is
/// compared bit for bit, for each instruction set apart. `LOPT_TEST_RECORD=1` in the environment makes the tests write
/// the expected results anew (``KeptText``).
@Suite struct EarlierRunTests {
  private static let instructionSets = ["baseline", "x86-64-v3", "x86-64-v4"]
  private static let problem = ["--problem", "conv3x2@8"]

  /// Runs `body` in a new folder with the kept data set `data`, the run `state` and its configuration `lopt.json`.
  private func withRun(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for archive in ["data", "run"] { try EarlierFiles.unpack(archive, into: folder) }
      try body(folder)
    }
  }

  /// Runs `lopt` with an instruction set; nil where this processor has not got it.
  private func lopt(_ arguments: [String], _ instructionSet: String) throws -> ProcessResult? {
    let result = try ToolProcess.run("lopt", arguments, environment: ["LOPT_ISA": instructionSet])
    if instructionSet != "baseline", result.errors.contains("is not one of this processor's") { return nil }
    try #require(result.exitCode == 0, "\(arguments): \(result.errors)")
    return result
  }

  /// Lines of a file's name, a space, and the SHA-256 of its tensors.
  private func digests(_ files: [String], in folder: URL) throws -> String {
    try files.map { "\($0) \(Digest.sha256(try TensorFile(folder.appending(path: $0)).bytes))\n" }.joined()
  }

  /// The newest file of a run's state.
  private func newestState(_ folder: URL) throws -> String {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "state/training").path)
    return "state/training/" + (try #require(files.filter { $0.hasSuffix(".safetensors") }.max()))
  }

  @Test(
    "a run goes on, at another place, to the θ, the average, the moments and the workers that 0.1.0 came to",
    arguments: instructionSets)
  func resume(instructionSet: String) throws {
    try withRun { folder in
      let log = folder.appending(path: "state/log.jsonl")
      let before = try Data(contentsOf: log)
      let arguments = ["train", "--config", folder.appending(path: "lopt.json").path, "--outer-iterations", "9"]
      guard let result = try lopt(arguments, instructionSet) else { return }
      #expect(result.errors.contains("training conv3x2@8 from outer-iteration 5, 1 threads"), "\(result.errors)")
      #expect(!result.errors.contains("refused") && !result.errors.contains("workers begin anew"), "\(result.errors)")

      let snapshots = ["theta", "average"].map { "state/snapshots/\($0)-000000009.safetensors" }
      let found = try digests(snapshots + [newestState(folder)], in: folder)
      let kept = try KeptText("0.1.0/resumed-\(instructionSet).txt").kept(insteadOf: found)
      #expect(found == kept)

      // The log is gone on with; the snapshots say of themselves what they said before.
      let after = try Data(contentsOf: log)
      #expect(after.starts(with: before))
      let steps = String(decoding: after, as: UTF8.self).matches(of: /\{"diverged".*"outer_iteration":(\d+),/)
      #expect(steps.map { Int($0.output.1) } == Array(1...9))
      let events = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "state/tensorboard").path)
      #expect(Set(events.map { $0.split(separator: ".")[4] }).isSuperset(of: ["000001", "000002", "000003"]))
      for file in snapshots {
        let old = file.replacing("000000009", with: "000000005")
        #expect(try TensorFile(folder.appending(path: file)).said == TensorFile(folder.appending(path: old)).said)
      }
    }
  }

  @Test("the newest state holds truncations of an outer-iteration under way, so that going on from these is tested too")
  func underWay() throws {
    try withRun { folder in
      let state = try TensorFile(folder.appending(path: newestState(folder)))
      #expect(state.tensors.keys.contains { $0.hasPrefix("finished/0/") })
      #expect(state.tensors.keys.contains("worker/0/other") && state.tensors.keys.contains("average"))
    }
  }

  @Test(
    "export-state writes of the run what 0.1.0 wrote, and a run that starts from that comes to the same θ",
    arguments: instructionSets)
  func startFrom(instructionSet: String) throws {
    try withRun { folder in
      let (kept, exported) = (EarlierFiles.folder.appending(path: "exported.safetensors"), folder.appending(path: "e"))
      let state = folder.appending(path: "state").path
      guard try lopt(["export-state", state, "--output", exported.path], instructionSet) != nil else { return }
      let (before, now) = (try TensorFile(kept), try TensorFile(exported))
      #expect(now.tensors == before.tensors && now.said == before.said)

      let place = folder.appending(path: "other/state")
      let arguments = [
        "train", "--config", folder.appending(path: "lopt.json").path, "--state", place.path, "--start-from", kept.path,
        "--outer-iterations", "7",
      ]
      guard try lopt(arguments, instructionSet) != nil else { return }
      let found = try digests(
        ["state/snapshots/theta-000000007.safetensors"], in: folder.appending(path: "other"))
      let expected = try KeptText("0.1.0/started-\(instructionSet).txt").kept(insteadOf: found)
      #expect(found == expected)
    }
  }

  /// New runs of few outer-iterations: every estimator, both losses and objectives, problems of each kind.
  private static let runs: [(name: String, arguments: [String])] =
    ["exact", "reparameterization", "es", "combined", "pes", "noise-reuse-es"].map {
      ($0, problem + ["--set", "outer.estimator=\($0)"])
    } + [
      ("fresh-batches", problem + ["--set", "outer.estimator=combined", "--set", "outer.loss=fresh-batches"]),
      (
        "validation",
        problem + ["--set", "outer.estimator=pes", "--set", "outer.objective=validation"]
          + ["--set", "outer.loss=fresh-batches"]
      ),
      ("conv6x3", ["--problem", "conv6x3@8"]),
      (
        "other optimizer",
        problem + ["--set", "inner.optimizer.hidden_layers=2", "--set", "inner.optimizer.hidden_units=8"]
          + ["--set", "inner.optimizer.betas=[0.9]", "--set", "outer.estimator=exact"]
      ),
      (
        "value clip, decay",
        problem + ["--set", "outer.clip.by=value", "--set", "outer.clip.at=0.001"]
          + ["--set", "outer.decay.to=0.1", "--set", "outer.decay.over=2", "--set", "outer.average.decay=0"]
      ),
    ]

  @Test(
    "new runs come to the θ that 0.1.0 came to, whatever the estimator, the loss or the problem",
    arguments: instructionSets)
  func newRuns(instructionSet: String) throws {
    try withRun { folder in
      var lines = ""
      for (name, more) in Self.runs {
        let state = folder.appending(path: "new/\(name)").path
        let arguments = [
          "train", "--config", folder.appending(path: "lopt.json").path, "--state", state, "--outer-iterations", "3",
          "--set", "evaluation.every=0", "--set", "outer.curriculum.from=6", "--set", "outer.curriculum.to=6",
        ]
        guard try lopt(arguments + more, instructionSet) != nil else { return }
        lines += try digests(["\(name)/snapshots/theta-000000003.safetensors"], in: folder.appending(path: "new"))
      }
      let kept = try KeptText("0.1.0/new-runs-\(instructionSet).txt").kept(insteadOf: lines)
      #expect(lines == kept)
    }
  }

  @Test(
    "a multilayer perceptron on MNIST comes to the θ that 0.1.0 came to; the data set has the bytes that it had",
    arguments: instructionSets)
  func mnist(instructionSet: String) throws {
    try withTemporaryFolder { folder in
      try EarlierFiles.unpack("run", into: folder)
      let place = try Workplace(in: folder)
      let manifest = try manifest(place.dataset)
      let kept = try KeptText("0.1.0/mnist14-manifest.json").kept(insteadOf: manifest)
      #expect(manifest == kept)
      let arguments = [
        "train", "--config", folder.appending(path: "lopt.json").path, "--datasets", place.dataset, "--problem",
        "mlp2x32", "--state", folder.appending(path: "new").path, "--outer-iterations", "2", "--set",
        "evaluation.every=0", "--set", "outer.curriculum.from=5", "--set", "outer.curriculum.to=5",
      ]
      guard try lopt(arguments, instructionSet) != nil else { return }
      let found = try digests(["new/snapshots/theta-000000002.safetensors"], in: folder)
      let expected = try KeptText("0.1.0/mnist14-\(instructionSet).txt").kept(insteadOf: found)
      #expect(found == expected)
    }
  }

  /// A data set's manifest without the version of the tool that made it.
  private func manifest(_ dataset: String) throws -> String {
    try String(contentsOfFile: dataset + "/manifest.json", encoding: .utf8)
      .replacing(/"tool_version" : "[^"]*"/, with: "\"tool_version\" : \"…\"")
      // 0.1.0 did not say it.
      .replacing(/\s*"decoder_revision" : \d+,/, with: "")
  }

  @Test("a kept θ comes to the losses and baselines to which lopt evaluate brought it", arguments: instructionSets)
  func evaluation(instructionSet: String) throws {
    try withRun { folder in
      let snapshot = folder.appending(path: "state/snapshots/theta-000000005.safetensors").path
      let arguments = [
        "evaluate", "--snapshot", snapshot, "--dataset", folder.appending(path: "data").path, "--tasks", "2", "--steps",
        "10", "--grid", "3", "--json",
      ]
      guard let result = try lopt(arguments + Self.problem, instructionSet) else { return }
      // What the clock measured.
      let text = result.output.replacing(
        /"((?:seconds_|update_share|share_of_best_baseline_seconds)\w*)" : [^,\n]*/
      ) { "\"\($0.output.1)\" : \"…\"" }
      .replacing(/"tool_version" : "[^"]*"/, with: "\"tool_version\" : \"…\"")
      // 0.1.0 did not say these: it had one schedule and one scale.
      .replacing(/\s*"decoder_revision" : \d+,/, with: "")
      .replacing(/\s*"schedule" : "constant",/, with: "")
      .replacing(/\s*"step_scale" : (?:1|null),/, with: "")
      .replacing(/\s*"diverged_runs" : \d+,/, with: "")
      let kept = try KeptText("0.1.0/evaluation-\(instructionSet).json").kept(insteadOf: text)
      #expect(text == kept)
    }
  }

  @Test("verify finds every kept snapshot sound and signed")
  func verify() throws {
    try withRun { folder in
      let result = try ToolProcess.run(
        "lopt",
        [
          "verify", folder.appending(path: "state").path, "--public-key",
          folder.appending(path: "signing-key.pub").path,
        ])
      #expect(result.exitCode == 0, "\(result)")
      let text = result.output.replacing(folder.path, with: "")
      let kept = try KeptText("0.1.0/verified.txt").kept(insteadOf: text)
      #expect(text == kept)
    }
  }

  @Test("the kept data set verifies, gives the tasks that it gave, and is what its pictures make now")
  func dataset() throws {
    try withRun { folder in
      let data = folder.appending(path: "data").path
      let verified = try ToolProcess.run("dataprep", ["verify", data])
      #expect(verified.exitCode == 0, "\(verified.errors)")
      var text = verified.output
      for split in ["train", "outer-validation"] {
        text += try ToolProcess.run(
          "dataprep", ["tasks", "sample", data, "--split", split, "--count", "5", "--seed", "3"]
        ).output
      }
      let kept = try KeptText("0.1.0/data.txt").kept(insteadOf: text)
      #expect(text == kept)

      try EarlierFiles.unpack("pictures", into: folder)
      let again = folder.appending(path: "again").path
      let built = try ToolProcess.run(
        "dataprep",
        [
          "build", "shards", "--source", "folder", "--input", folder.appending(path: "pictures").path, "--size", "8",
          "--held-out", "0", "--outer-validation", "10", "--validation", "0.25", "--output", again,
        ])
      try #require(built.exitCode == 0, "\(built.errors)")
      #expect(try manifest(again) == manifest(data))
      let shard = "/shard-00000.lmdb"
      #expect(try Data(contentsOf: URL(filePath: again + shard)) == Data(contentsOf: URL(filePath: data + shard)))
    }
  }

  @Test(
    "what was fetched by 0.1.0 is in the cache, by its server's address and without one to ask",
    arguments: [
      ("latest", "theta-000000005"), ("best", "average-000000004"), ("theta-000000000.safetensors", "theta-000000000"),
    ])
  func cache(word: String, name: String) throws {
    try withRun { folder in
      try EarlierFiles.unpack("client", into: folder)
      let result = try ToolProcess.run(
        "lopt",
        [
          "fetch", word, "--offline", "--from", "http://127.0.0.1:8417", "--output", folder.appending(path: "o").path,
          "--public-key", folder.appending(path: "signing-key.pub").path,
        ], environment: client(folder))
      #expect(result.exitCode == 0, "\(result.errors)")
      let file = URL(filePath: result.output.trimmingCharacters(in: .newlines))
      #expect(file.lastPathComponent == name + ".safetensors")
      let snapshot = folder.appending(path: "state/snapshots/\(name).safetensors")
      #expect(try Data(contentsOf: file) == Data(contentsOf: snapshot))
    }
  }

  @Test("a latest that is older than what 0.1.0 remembers of the key is refused")
  func trust() throws {
    try withRun { folder in
      try EarlierFiles.unpack("client", into: folder)
      let snapshots = folder.appending(path: "state/snapshots")
      for suffix in ["json", "safetensors"] {
        try FileManager.default.removeItem(at: snapshots.appending(path: "theta-000000005.\(suffix)"))
      }
      let arguments = [
        "fetch", "latest", "--from", folder.appending(path: "state").path,
        "--output", folder.appending(path: "o").path,
        "--public-key", folder.appending(path: "signing-key.pub").path,
      ]
      let result = try ToolProcess.run("lopt", arguments, environment: client(folder))
      #expect(result.exitCode == 65 && result.errors.contains("step 5 of the key"), "\(result)")
      let new = try ToolProcess.run("lopt", arguments)
      #expect(new.exitCode == 0, "whoever remembers nothing takes it: \(new.errors)")
    }
  }

  /// The folders in which the client of 0.1.0 kept what it fetched and what it remembers.
  private func client(_ folder: URL) -> [String: String] {
    ["XDG_CACHE_HOME": folder.appending(path: "cache").path, "XDG_STATE_HOME": folder.appending(path: "memory").path]
  }
}
