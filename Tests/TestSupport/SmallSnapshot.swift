import Engine
package import Snapshots

extension Snapshot {
  /// The initial θ of a small architecture, times `scale`.
  package static func small(scale: Float = 1) -> Snapshot {
    var architecture = Architecture()
    architecture.hiddenUnits = 8
    let metadata = SnapshotMetadata(
      hiddenLayers: architecture.hiddenLayers, hiddenUnits: architecture.hiddenUnits,
      features: architecture.features.map(\.rawValue), betas: architecture.betas, timeScales: architecture.timeScales,
      lambda1: architecture.lambda1, lambda2: architecture.lambda2, outerIteration: 0, objective: "train",
      estimator: "combined", problem: "mlp2x32", batch: 8, steps: 50, dataset: "data", datasetSHA256: "", seed: 1,
      toolVersion: "test")
    return Snapshot(theta: architecture.initialTheta(seed: 1).map { $0 * scale }, metadata: metadata)
  }
}
