import Engine
import Files
import Foundation
import Snapshots
import TestSupport
import Testing

@testable import Lopt

/// `lopt key generate` and `lopt verify`.
@Suite struct KeyAndVerifyCommandTests {
  /// A snapshot of the paper's architecture.
  private func snapshot(_ step: Int, weights: Int = Architecture().layout.count) -> Snapshot {
    Snapshot(
      theta: [Float](repeating: 0.5, count: weights),
      metadata: SnapshotMetadata(
        hiddenLayers: 1, hiddenUnits: 32, features: ["momentum", "rms", "time"],
        betas: Architecture().betas, timeScales: Architecture().timeScales,
        lambda1: 0.001, lambda2: 0.001, outerIteration: step, objective: "train", estimator: "combined",
        problem: "mlp2x32", batch: 32, steps: 500, dataset: "/data", datasetSHA256: "ab", seed: 1, toolVersion: "0.1.0")
    )
  }

  @Test("a key is made once; its fingerprint is printed")
  func generate() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "key")
      let made = try ToolProcess.run("lopt", ["key", "generate", "--output", file.path])
      #expect(made.exitCode == 0, "\(made.errors)")
      let key = try VerificationKey(contentsOf: folder.appending(path: "key.pub"))
      #expect(made.output == key.fingerprint + "\n")
      let again = try ToolProcess.run("lopt", ["key", "generate", "--output", file.path])
      #expect(again.exitCode == 73 && again.output.isEmpty)
      #expect(again.errors == "lopt: \(file.path): cannot create: File exists\n")
      let other = folder.appending(path: "other")
      let json = try ToolProcess.run("lopt", ["key", "generate", "--output", other.path, "--json"]).output
      let printed = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
      #expect(printed["key"] == other.path && printed["public_key"] == other.path + ".pub")
      #expect(
        printed["fingerprint"] == (try VerificationKey(contentsOf: URL(filePath: other.path + ".pub")).fingerprint))
    }
  }

  @Test("a sound state folder is exit 0; one damaged file of it is named, the others are checked, and it is exit 65")
  func verify() throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      for step in [3, 12] { try store.write(snapshot(step)) }
      let sound = try ToolProcess.run("lopt", ["verify", state.path])
      #expect(sound.exitCode == 0, "\(sound.output)")
      #expect(sound.output.matches(of: /(?m)^ok .*theta-\d{9}\.safetensors  step \d+  sha256 [0-9a-f]{64}$/).count == 2)
      let file = state.appending(path: "snapshots/theta-000000003.safetensors")
      var data = try Data(contentsOf: file)
      data[data.count - 1] ^= 1
      try data.write(to: file)
      let damaged = try ToolProcess.run("lopt", ["verify", state.path])
      #expect(damaged.exitCode == 65)
      #expect(damaged.output.hasPrefix("FAILED  \(file.path): damaged"))
      #expect(damaged.output.contains("\nok      "))
      #expect(damaged.errors == "lopt: 1 of 2 files did not verify\n")
      struct Verified: Decodable {
        var path: String
        var error: String?
        var step: Int?
      }
      let json = try ToolProcess.run("lopt", ["verify", state.path, "--json"]).output
      let verified = try JSONDecoder().decode([Verified].self, from: Data(json.utf8))
      #expect(verified.map(\.step) == [nil, 12] && verified[0].error != nil && verified[1].error == nil)
    }
  }

  @Test("a snapshot with another number of weights than its architecture has is found")
  func weights() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "mine.safetensors")
      try snapshot(3, weights: 7).encoded().write(to: file)
      let result = try ToolProcess.run("lopt", ["verify", file.path])
      #expect(result.exitCode == 65)
      #expect(result.output.contains("has 7 weights; its architecture has \(Architecture().layout.count)"))
    }
  }

  @Test("the shipped snapshots are sound: a file beside one that has no snapshot's name is no record of it")
  func shipped() throws {
    let folder = Repository.root.appending(path: "Examples/theta")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".safetensors") }
    #expect(files.count >= 4)
    let result = try ToolProcess.run("lopt", ["verify"] + files.map { folder.appending(path: $0).path })
    #expect(result.exitCode == 0, "\(result.output)")
    #expect(result.output.matches(of: /(?m)^ok .*\(no record beside it\)$/).count == files.count)
  }

  @Test("a folder without snapshots is exit 66, and so is a missing file, by its name; a digest that is none exit 64")
  func nothing() throws {
    try withTemporaryFolder { folder in
      #expect(try ToolProcess.run("lopt", ["verify", folder.path]).exitCode == 66)
      let missing = try ToolProcess.run("lopt", ["verify", folder.appending(path: "none").path])
      #expect(missing.exitCode == 66 && missing.errors.contains("/none: there is no such file"))
      #expect(try ToolProcess.run("lopt", ["verify", "a", "--sha256", "12"]).exitCode == 64)
    }
  }

  @Test(
    "a time is seconds, or has a unit",
    arguments: [("90", 90), ("1.5m", 90), ("2h", 7_200), ("2d", 172_800), ("1w", 604_800)])
  func age(text: String, seconds: Double) {
    #expect(Age(argument: text)?.seconds == seconds)
  }

  @Test("a text that is no length of time is refused", arguments: ["", "d", "-1", "2 days", "nan", "inf"])
  func noAge(text: String) {
    #expect(Age(argument: text) == nil)
  }
}
