public import Engine
import Foundation
public import Snapshots
import Support

extension SnapshotMetadata {
  /// What a run says of its θ, or of the average of it.
  init(
    _ configuration: Configuration, problems: [String], digests: [String], outerIteration: Int, isAverage: Bool = false
  ) {
    let optimizer = configuration.inner.optimizer
    self.init(
      hiddenLayers: optimizer.hiddenLayers, hiddenUnits: optimizer.hiddenUnits,
      features: optimizer.features.map(\.rawValue), betas: optimizer.betas, timeScales: optimizer.timeScales,
      lambda1: optimizer.lambda1, lambda2: optimizer.lambda2, outerIteration: outerIteration,
      objective: configuration.outer.objective.rawValue, estimator: configuration.outer.estimator.rawValue,
      problem: problems.joined(separator: ","), batch: configuration.inner.batch, steps: configuration.inner.life.to,
      dataset: configuration.datasets.map { URL(filePath: $0.path).lastPathComponent }.joined(separator: ","),
      datasetSHA256: digests.joined(separator: ","), seed: configuration.seed, toolVersion: Support.toolVersion,
      averageDecay: isAverage ? configuration.outer.average.decay : nil)
  }
}

extension Architecture {
  /// The architecture that a snapshot's metadata names.
  ///
  /// - Parameter name: what an error calls the file.
  public init(_ metadata: SnapshotMetadata, name: String) throws {
    try self.init(metadata: metadata.dictionary, name: name)
  }
}
