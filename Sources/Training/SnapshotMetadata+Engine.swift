import Engine
import Files
import Foundation
import Settings
import Snapshots

extension SnapshotMetadata {
  /// Makes the metadata of a run's snapshot.
  /// - Parameters:
  ///   - problems: the names of the inner problems.
  ///   - digests: the SHA-256 of each data set's manifest.
  ///   - isAverage: whether the snapshot holds the average of θ.
  ///   - instructionSet: the title of the kernels that the run computes with.
  init(
    _ configuration: Configuration, problems: [String], digests: [String], outerIteration: Int, isAverage: Bool = false,
    instructionSet: String? = nil
  ) {
    let inner = configuration.inner
    let optimizer = inner.optimizer
    let batches = configuration.problem.map { $0.batch ?? inner.batch }
    let lives = configuration.problem.map { $0.life?.to ?? inner.life.to }
    self.init(
      hiddenLayers: optimizer.hiddenLayers, hiddenUnits: optimizer.hiddenUnits,
      features: optimizer.features.map(\.rawValue), betas: optimizer.betas, timeScales: optimizer.timeScales,
      lambda1: optimizer.lambda1, lambda2: optimizer.lambda2, outerIteration: outerIteration,
      objective: configuration.outer.objective.rawValue, estimator: configuration.outer.estimator.rawValue,
      problem: problems.joined(separator: ","), batch: batches.max() ?? inner.batch,
      steps: lives.max() ?? inner.life.to,
      dataset: configuration.datasets.map { UserPath.name($0.path) }.joined(separator: ","),
      datasetSHA256: digests.joined(separator: ","), seed: configuration.seed, toolVersion: Files.toolVersion,
      averageDecay: isAverage ? configuration.outer.average.decay : nil, instructionSet: instructionSet,
      timeFrozenAt: optimizer.timeFrozenAt, scaleByRms: optimizer.scaleByRms, rawMomentum: optimizer.rawMomentum)
  }
}
