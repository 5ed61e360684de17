package import Engine
import Files
import Foundation
package import Snapshots

/// A snapshot that was found to be one whose θ can be run: the way from a file to a learned optimizer.
///
/// Its architecture is one of which an optimizer can be made, and its θ has as many weights as the architecture.
package struct RunnableSnapshot: Sendable {
  /// The snapshot as its file has it.
  package let snapshot: Snapshot
  /// The architecture of the learned optimizer whose weights θ is.
  package let architecture: Architecture
  /// The name by which errors call it: the file's path.
  package let name: String

  /// Checks a snapshot that was read.
  ///
  /// - Parameter name: what an error calls the snapshot.
  /// - Throws: ``SnapshotError``, of the kind `damaged`, that says what keeps θ from being run.
  package init(_ snapshot: Snapshot, name: String) throws {
    self.snapshot = snapshot
    self.name = name
    architecture = try Architecture(snapshot.metadata, name: name)
    if let fault = architecture.fault(of: snapshot.theta) {
      throw SnapshotError(.damaged, "\(name): damaged: \(fault)")
    }
  }

  /// Reads a file.
  ///
  /// - Throws: ``SnapshotError`` or ``FileError``, which name the file, where it is missing, damaged, or of a newer version.
  package init(at path: String) throws {
    try self.init(Snapshot(contentsOf: URL(filePath: path)), name: path)
  }

  /// The weights of the learned optimizer.
  package var theta: [Float] { snapshot.theta }
  /// The facts that the snapshot states about its θ.
  package var metadata: SnapshotMetadata { snapshot.metadata }

  /// The learned optimizer for an inner problem, at its first inner step.
  package func optimizer(for problem: any InnerProblem, kernels: Kernels) -> LearnedOptimizer {
    LearnedOptimizer(theta: theta, architecture: architecture, problem: problem.layout, kernels: kernels)
  }
}

extension Architecture {
  /// The architecture that a snapshot's metadata names.
  ///
  /// - Parameter name: what an error calls the snapshot.
  /// - Throws: ``SnapshotError``, of the kind `damaged`, for the first value with which no optimizer can be made.
  fileprivate init(_ metadata: SnapshotMetadata, name: String) throws {
    self.init()
    hiddenLayers = metadata.hiddenLayers
    hiddenUnits = metadata.hiddenUnits
    features = metadata.features.compactMap(FeatureGroup.init(rawValue:))
    betas = metadata.betas
    timeScales = metadata.timeScales
    lambda1 = metadata.lambda1
    lambda2 = metadata.lambda2
    timeFrozenAt = metadata.timeFrozenAt
    scaleByRms = metadata.scaleByRms
    rawMomentum = metadata.rawMomentum
    let isKnown = features.count == metadata.features.count
    guard let fault = isKnown ? fault : .features else { return }
    let text = metadata.dictionary[fault.rawValue] ?? ""
    throw SnapshotError(
      .damaged, "\(name): damaged: its metadata's \(fault.rawValue) is \"\(text)\", must be \(fault.rule)")
  }
}
