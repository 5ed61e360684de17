package import Engine
package import Foundation
import Randomness
package import Snapshots

/// A case of updates with its learned optimizer, by which every implementation of the update is tested
/// (Documentation/embedding.md#checking-an-implementation). `Tests/Fixtures/update` has all of them as files.
package struct ConformanceCase: Sendable, CustomStringConvertible {
  /// The name, which is that of its folder.
  package let name: String
  /// The architecture, whose θ is an initial one.
  package let architecture: Architecture
  /// The number of steps.
  package let steps: Int
  /// The factor of every update.
  package let stepScale: Float
  /// The case as a file.
  package let file: Safetensors

  package var description: String { name }

  private init(
    _ name: String, steps: Int = 20, shapes: [[Int]] = [[65]], stepScale: Float = 1, scale: Float = 0.1,
    _ edit: (inout Architecture) -> Void = { _ in }
  ) {
    var architecture = Architecture()
    edit(&architecture)
    self.name = name
    self.architecture = architecture
    self.steps = steps
    self.stepScale = stepScale
    var random = RandomStream(
      seed: UInt64(name.utf8.reduce(7) { $0 * 31 % 65_521 + Int($1) }), purpose: .innerInitialisation)
    var tensors: [String: Safetensors.Tensor] = [:]
    for shape in shapes {
      let count = shape.reduce(1, *)
      let key = shape.isEmpty ? "scalar" : shape.map { String($0) }.joined(separator: "x")
      tensors["parameters.\(key)"] = .init(shape: shape, .float32(random.normals(count).map { $0 * 0.3 }))
      tensors["gradients.\(key)"] = .init(
        shape: [steps] + shape, .float32(random.normals(steps * count).map { $0 * scale }))
    }
    file = Safetensors(metadata: stepScale == 1 ? [:] : ["step_scale": "\(stepScale)"], tensors: tensors)
  }

  /// Every architecture and option of the update, every rank, sizes about a block of the kernels, and gradients that are
  /// nothing, next to nothing, or too much for floats.
  package static let all = [
    ConformanceCase("paper", shapes: [[], [1], [63], [8, 8], [5, 13], [3, 2, 4], [3, 3, 2, 5]]),
    ConformanceCase("one-step", steps: 1, shapes: [[100, 100], [64]]),
    ConformanceCase("500-steps", steps: 500, shapes: [[63], [4, 4]]),
    ConformanceCase("without-rms") { $0.features = [.momentum, .time] },
    ConformanceCase("without-momentum") { $0.features = [.rms, .time] },
    ConformanceCase("without-time") { $0.features = [.momentum, .rms] },
    ConformanceCase("gradient-and-value") { $0.features = [] },
    ConformanceCase("deep") {
      ($0.hiddenLayers, $0.hiddenUnits) = (3, 9)
      ($0.betas, $0.timeScales) = ([0, 0.99], [2, 50, 7_000])
      ($0.lambda1, $0.lambda2) = (0.02, 0.3)
    },
    ConformanceCase("two-units") { ($0.hiddenUnits, $0.timeScales) = (2, []) },
    ConformanceCase("time-frozen-at") { $0.timeFrozenAt = 5 },
    ConformanceCase("scale-by-rms", shapes: [[65], [2, 3]]) { ($0.scaleByRms, $0.lambda1) = (true, 0.01) },
    ConformanceCase("raw-momentum") { $0.rawMomentum = true },
    ConformanceCase("all-options", shapes: [[65], [4, 16]], stepScale: 0.25) {
      ($0.timeFrozenAt, $0.scaleByRms, $0.rawMomentum) = (7, true, true)
    },
    ConformanceCase("no-gradient", scale: 0),
    ConformanceCase("tiny-gradients", scale: 1e-30),
    ConformanceCase("huge-gradients", scale: 1e9),
    ConformanceCase("overflow", steps: 3, scale: 1e30),
    // The squares of 1,024 of these do not overflow together, and those of all 2,000 do.
    ConformanceCase("huge-sums", steps: 1, shapes: [[2_000]], scale: 4.5e17),
  ]

  /// The snapshot of the learned optimizer.
  package var snapshot: Snapshot {
    let metadata = SnapshotMetadata(
      hiddenLayers: architecture.hiddenLayers, hiddenUnits: architecture.hiddenUnits,
      features: architecture.features.map(\.rawValue), betas: architecture.betas, timeScales: architecture.timeScales,
      lambda1: architecture.lambda1, lambda2: architecture.lambda2, outerIteration: 0, objective: "train",
      estimator: "combined", problem: "mlp2x32", batch: 8, steps: 50, dataset: "data", datasetSHA256: "", seed: 1,
      toolVersion: "test", timeFrozenAt: architecture.timeFrozenAt, scaleByRms: architecture.scaleByRms,
      rawMomentum: architecture.rawMomentum)
    return Snapshot(theta: architecture.initialTheta(seed: 1), metadata: metadata)
  }

  /// Writes the snapshot into a folder, and returns its file.
  package func snapshot(in folder: URL) throws -> URL {
    let file = folder.appending(path: "theta.safetensors")
    try snapshot.encoded().write(to: file)
    return file
  }

  /// The parameters before the first step, by their names.
  package var parameters: [(name: String, tensor: Safetensors.Tensor)] {
    file.tensors.keys.sorted().filter { $0.hasPrefix("parameters.") }
      .map { (String($0.dropFirst("parameters.".count)), file.tensors[$0]!) }
  }

  /// Returns the gradient of a tensor in a step.
  package func gradient(_ name: String, _ step: Int) -> [Float] {
    let all = file.floats("gradients.\(name)")
    return Array(all[step * all.count / steps..<(step + 1) * all.count / steps])
  }
}

extension Safetensors {
  /// Returns the values of a float32 tensor that is there.
  package func floats(_ name: String) -> [Float] {
    guard case .float32(let values)? = tensors[name]?.values else { preconditionFailure("no float32 tensor \(name)") }
    return values
  }
}

extension [Float] {
  /// The bits of each, so that what is not a number equals itself too.
  package var bits: [UInt32] { map(\.bitPattern) }
}
