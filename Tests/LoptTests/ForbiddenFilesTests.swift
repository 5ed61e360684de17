import Foundation
import Snapshots
import TestSupport
import Testing

/// What a user may not read is told as that, and never as something that is not there or is damaged: the advice would lose
/// data.
@Suite(.serialized, .enabled(if: ToolProcess.canRunWithoutRights)) struct ForbiddenFilesTests {
  private func expectDenied(_ tool: String, _ arguments: [String], exitCode: Int32? = nil, naming place: String) throws
  {
    let result = try ToolProcess.runWithoutRights(tool, arguments)
    let text = result.errors + result.output
    #expect(text.contains("Permission denied") && text.contains(place), "\(arguments): \(text)")
    #expect(result.exitCode > 0 && (exitCode == nil || exitCode == result.exitCode), "\(arguments): \(result.exitCode)")
    for wrong in [
      "remove it", "no snapshot there", "no sound state", "no such file", "build the dataset again", "damaged",
    ] {
      #expect(!text.contains(wrong), "\(arguments): \(text)")
    }
  }

  @Test(
    "a data set that may not be read is not called missing", arguments: ["data", "data/manifest.json", "data/0000.mdb"])
  func dataset(place: String) throws {
    try withTemporaryFolder { folder in
      _ = try SmallDataset.digits(in: folder)
      let file = folder.appending(path: "lopt.json")
      try Data(#"{"datasets": ["data"], "state": "state"}"#.utf8).write(to: file)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "data").path)
      let shard = try #require(names.first { $0 != "manifest.json" })
      let forbidden = folder.appending(path: place.replacing("0000.mdb", with: shard))
      try withoutPermissions(forbidden) {
        try expectDenied("lopt-daemon", ["--config", file.path, "--check"], naming: forbidden.path)
        // The shards themselves are not looked at by info.
        let command = place == "data/0000.mdb" ? "verify" : "info"
        try expectDenied("dataprep", [command, folder.appending(path: "data").path], naming: forbidden.path)
      }
    }
  }

  @Test(
    "a state that may not be read is not called empty",
    arguments: [".", "snapshots", "snapshots/theta-000000000.safetensors", "snapshots/theta-000000000.json"])
  func state(place: String) throws {
    try withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      try SnapshotStore(creatingIn: state).write(.small())
      let forbidden = state.appending(path: place)
      let output = folder.appending(path: "output").path
      try withoutPermissions(forbidden) {
        try expectDenied("lopt", ["fetch", "latest", "--from", state.path, "--output", output], naming: state.path)
        let file = state.appending(path: "snapshots/theta-000000000.safetensors").path
        try expectDenied("lopt", ["verify", file], naming: state.path)
        try expectDenied("lopt", ["fetch", "theta-000000000.safetensors", "--from", state.path], naming: state.path)
      }
    }
  }

  @Test("a list of pins and the best snapshot that may not be read are not called damaged")
  func records() throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      let record = try store.write(.small())
      try store.setBest(BestSnapshot(record: record, evaluationLoss: 1, evaluation: ""))
      try withoutPermissions(state.appending(path: "snapshots/best.json")) {
        try expectDenied("lopt", ["fetch", "best", "--from", state.path], naming: "best.json")
      }
    }
  }

  @Test("an export says why no state can be read", arguments: [".", "training"])
  func export(place: String) throws {
    try withTemporaryFolder { folder in
      let state = folder.appending(path: "state")
      try FileManager.default.createDirectory(
        at: state.appending(path: "training"), withIntermediateDirectories: true)
      let output = folder.appending(path: "run.safetensors").path
      try withoutPermissions(state.appending(path: place)) {
        try expectDenied("lopt", ["export-state", state.path, "--output", output], naming: state.path)
      }
    }
  }
}
