import Foundation
import Snapshots
import TestSupport
import Testing

@Suite struct BestSnapshotTests {
  private func best(_ store: SnapshotStore, step: Int, loss: Double = 1.5) throws -> BestSnapshot {
    BestSnapshot(
      record: try store.read(named: store.name(step: step)).record, evaluationLoss: loss, evaluation: "ab")
  }

  @Test("the best is what was named as such last, whatever is newer; it is one JSON object with its loss")
  func named() throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      #expect(try store.best() == nil)
      for step in [0, 7, 9] { try store.write(Snapshot.sample(step)) }
      try store.setBest(best(store, step: 0, loss: 2))
      let expected = try best(store, step: 7, loss: 1.0 / 3)
      try store.setBest(expected)
      #expect(try SnapshotStore(readingFrom: state).best() == expected)
      #expect(try store.latest()?.step == 9 && store.highestStep() == 9)
      let json = try JSONSerialization.jsonObject(
        with: Data(contentsOf: state.appending(path: "snapshots/best.json")))
      let object = try #require(json as? [String: Any])
      #expect(Set(object.keys) == ["name", "step", "sha256", "size", "created", "evaluation_loss", "evaluation"])
      #expect(object["name"] as? String == "theta-000000007.safetensors")
    }
  }

  @Test(
    "a damaged best is an error, never given out", arguments: ["record", "name", "snapshot", "other", "gone"])
  func damaged(kind: String) throws {
    try withTemporaryFolder { state in
      let store = try SnapshotStore(creatingIn: state)
      try store.write(Snapshot.sample(7))
      var named = try best(store, step: 7)
      switch kind {
      case "name": named.record.name = "../training/training-000000001.safetensors"
      case "other": named.record.sha256 = String(repeating: "0", count: 64)
      default: break
      }
      try store.setBest(named)
      let snapshot = state.appending(path: "snapshots/theta-000000007.safetensors")
      switch kind {
      case "record": try Data("{".utf8).write(to: state.appending(path: "snapshots/best.json"))
      case "snapshot": try Data("half".utf8).write(to: snapshot)
      case "gone": try FileManager.default.removeItem(at: snapshot)
      default: break
      }
      #expect(throws: (any Error).self) { try store.best() }
    }
  }

  @Test("a temporary file of a process that was stopped while it named the best is removed at the start")
  func leftover() throws {
    try withTemporaryFolder { state in
      try SnapshotStore(creatingIn: state).write(Snapshot.sample(0))
      let folder = state.appending(path: "snapshots")
      try Data("{".utf8).write(to: folder.appending(path: "best.json.0A1B2C3D.partial"))
      #expect(try SnapshotStore(creatingIn: state).best() == nil)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
          == ["latest.json", "theta-000000000.json", "theta-000000000.safetensors"])
    }
  }
}
