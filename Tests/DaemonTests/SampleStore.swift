import Files
import Foundation
import Snapshots

@testable import Commands

/// A snapshot that is sound, with few weights.
func sampleSnapshot(step: Int) -> Snapshot {
  Snapshot(
    theta: (0..<50).map { Float($0 + step) / 7 },
    metadata: SnapshotMetadata(
      hiddenLayers: 1, hiddenUnits: 32, features: ["momentum", "rms", "time"], betas: [0.5, 0.9], timeScales: [3, 10],
      lambda1: 0.001, lambda2: 0.001, outerIteration: step, objective: "train", estimator: "combined",
      problem: "mlp2x32", batch: 32, steps: 500, dataset: "mnist14",
      datasetSHA256: String(repeating: "0", count: 64), seed: 1, toolVersion: "0.1.0"))
}

/// A state folder with snapshots of these steps.
func makeStore(_ steps: Int..., in state: URL) throws -> SnapshotStore {
  let store = try SnapshotStore(creatingIn: state)
  for step in steps { try store.write(sampleSnapshot(step: step)) }
  return store
}

/// Names a snapshot of a store as the best.
@discardableResult
func markBest(_ step: Int, in store: SnapshotStore) throws -> BestSnapshot {
  let record = try store.read(named: store.name(step: step)).record
  let best = BestSnapshot(record: record, evaluationLoss: 1.5, evaluation: "ab")
  try store.setBest(best)
  return best
}

/// Changes one byte of a snapshot in a state folder.
func damage(_ record: SnapshotRecord, in state: URL) throws {
  let file = state.appending(path: "snapshots/\(record.name)")
  var data = try Data(contentsOf: file)
  data[data.count / 2] ^= 1
  try data.write(to: file)
}
