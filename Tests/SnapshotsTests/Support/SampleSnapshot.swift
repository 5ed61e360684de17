import Snapshots

extension Snapshot {
  /// A snapshot of three numbers, the first of which is its outer-iteration: snapshots of different steps differ.
  static func sample(_ step: Int) -> Snapshot {
    Snapshot(
      theta: [Float(step), 2, 3],
      metadata: SnapshotMetadata(
        hiddenLayers: 1, hiddenUnits: 32, features: ["momentum", "rms", "time"], betas: [0.5, 0.9999],
        timeScales: [3, 300_000], lambda1: 0.001, lambda2: 0.001, outerIteration: step, objective: "train",
        estimator: "combined", problem: "mlp2x32", batch: 32, steps: 500, dataset: "/data", datasetSHA256: "ab",
        seed: .max, toolVersion: "0.1.0"))
  }
}
