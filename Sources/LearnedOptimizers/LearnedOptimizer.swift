import CLopt
import Files
public import Foundation
public import Snapshots

/// A learned optimizer: a small network with trained weights θ, applied to every parameter on its own, in the place of
/// Adam (Metz et al. 2019, arXiv 1810.10180).
///
/// It trains parameters of yours by gradients of yours:
///
/// ```swift
/// let optimizer = try LearnedOptimizer(contentsOf: URL(filePath: "theta.safetensors"))
/// var state = optimizer.state(count: weights.count)
/// for _ in 0..<1_000 {
///   optimizer.step(&weights, gradient: gradient(weights), state: &state)
/// }
/// ```
///
/// It never changes, so that tasks may share one. Its updates are those of the programs of the package, bit for bit, on the
/// same instruction set.
public final class LearnedOptimizer: @unchecked Sendable {
  /// The facts that the snapshot states about its θ: the architecture, and how it was trained.
  public let metadata: SnapshotMetadata
  /// The SHA-256 of the snapshot's file, 64 hexadecimal digits.
  public let sha256: String

  private let handle: OpaquePointer

  /// Reads a snapshot.
  ///
  /// - Parameters:
  ///   - url: the file, as `lopt fetch` or the module `DaemonClient` gets it.
  ///   - instructionSet: `baseline`, `x86-64-v3` or `x86-64-v4`; nil for the one that the variable `LOPT_ISA` names, or
  ///     else the last of these that the processor has.
  /// - Throws: `SnapshotError` where the file is no sound snapshot, or the processor lacks the instructions (its code
  ///   is `unknownInstructionSet` then); `FileError` where it cannot be read.
  public init(contentsOf url: URL, instructionSet: String? = nil) throws {
    let data = try FileReading.data(url, atMost: FileReading.mostOfTensors)
    let snapshot = try Snapshot(data, name: url.path)
    metadata = snapshot.metadata
    sha256 = Digest.sha256(data)
    var message = [CChar](repeating: 0, count: Int(LOPT_MESSAGE))
    guard let handle = Self.make(snapshot, instructionSet, &message) else {
      let reason = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      // With the instructions that every processor has, it is the file that fails.
      guard let sound = Self.make(snapshot, "baseline", &message) else {
        throw SnapshotError(.damaged, "\(url.path): \(reason)")
      }
      lopt_free(sound)
      throw SnapshotError(.unknownInstructionSet, "\(instructionSet == nil ? "LOPT_ISA: " : "")\(reason)")
    }
    self.handle = handle
  }

  deinit { lopt_free(handle) }

  private static func make(
    _ snapshot: Snapshot, _ instructionSet: String?, _ message: inout [CChar]
  ) -> OpaquePointer? {
    let metadata = snapshot.metadata
    let timeScales = metadata.features.contains("time") ? metadata.timeScales : []
    return metadata.betas.withUnsafeBufferPointer { betas in
      timeScales.withUnsafeBufferPointer { timeScales in
        var architecture = lopt_architecture(
          hidden_layers: metadata.hiddenLayers, hidden_units: metadata.hiddenUnits,
          momentum: metadata.features.contains("momentum") ? 1 : 0, rms: metadata.features.contains("rms") ? 1 : 0,
          betas_count: betas.count, betas: betas.baseAddress, time_scales_count: timeScales.count,
          time_scales: timeScales.baseAddress, lambda1: metadata.lambda1, lambda2: metadata.lambda2,
          time_frozen_at: metadata.timeFrozenAt ?? 0, scale_by_rms: metadata.scaleByRms ? 1 : 0,
          raw_momentum: metadata.rawMomentum ? 1 : 0)
        return lopt_create(&architecture, snapshot.theta, snapshot.theta.count, instructionSet, &message)
      }
    }
  }

  /// The name of the instruction set that it computes with, such as `x86-64-v3`.
  public var instructionSet: String { String(cString: lopt_instruction_set_of(handle)) }

  /// Returns the state of a tensor before its first step.
  ///
  /// - Parameter count: the number of parameters of the tensor.
  public func state(count: Int) -> TensorState {
    TensorState(step: 0, moments: [Float](repeating: 0, count: lopt_moments(handle, count)))
  }

  /// Does one step of a tensor: u ← u − rate (Δ + weightDecay u), where Δ is the update of the learned optimizer.
  ///
  /// - Parameters:
  ///   - parameters: the tensor's parameters u. What a network has as several tensors (weights and biases, of each layer)
  ///     are several here: inputs of the network are normalized over each.
  ///   - gradient: the gradient of the loss by them, as many.
  ///   - state: that of this tensor, from ``state(count:)`` or the step before.
  ///   - rate: the step's scale. 1 is the step that θ was trained with; a schedule multiplies it, as a learning rate.
  ///   - weightDecay: the share of the parameters that a step of the rate 1 takes away.
  public func step(
    _ parameters: inout [Float], gradient: [Float], state: inout TensorState, rate: Float = 1, weightDecay: Float = 0
  ) {
    let count = parameters.count
    precondition(state.step >= 0, "the state has \(state.step) steps behind it, must have 0 or more")
    precondition(gradient.count == count, "a gradient of \(gradient.count) numbers for \(count) parameters")
    precondition(
      state.moments.count == lopt_moments(handle, count), "the state is of a tensor with another number of parameters")
    let status = parameters.withUnsafeMutableBufferPointer { values in
      state.moments.withUnsafeMutableBufferPointer { moments in
        gradient.withUnsafeBufferPointer { gradient in
          var tensor = lopt_parameters(
            count: count, step: state.step, values: values.baseAddress, gradient: gradient.baseAddress,
            moments: moments.baseAddress)
          return lopt_step(handle, &tensor, 1, rate, weightDecay)
        }
      }
    }
    precondition(status == 0, "there is no memory for a step")
    state.step += 1
  }
}
