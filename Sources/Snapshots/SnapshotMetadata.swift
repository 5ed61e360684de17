import Files
import Foundation

/// The facts that a snapshot states about its θ: how to run it, and how it was made.
public struct SnapshotMetadata: Sendable, Equatable {
  /// The newest version of this list of keys that this program reads. It writes version 1 where no option of the update
  /// is on, as before there were any, and otherwise 2.
  public static let formatVersion = 2
  /// The keys of the options of the update, each there only where the option is on.
  private static let optionKeys = ["time_frozen_at", "scale_by_rms", "raw_momentum"]

  /// The number of hidden layers of the optimizer's network.
  public var hiddenLayers: Int
  /// The number of units of each hidden layer.
  public var hiddenUnits: Int
  /// The names of the groups of inputs that are on.
  public var features: [String]
  /// The decays of the momenta and second moments, each in [0, 1).
  public var betas: [Float]
  /// The scales of the time inputs, in inner steps.
  public var timeScales: [Float]
  /// The factor λ₁ of every update: u ← u − λ₁ d exp(λ₂ s), with the outputs d and s of the network.
  public var lambda1: Float
  /// The factor λ₂ in the exponent of every update: see ``lambda1``.
  public var lambda2: Float
  /// The number of outer-iterations behind this θ; 0 for θ before training.
  public var outerIteration: Int
  /// The objective of outer-training: `train` or `validation`.
  public var objective: String
  /// The name of the estimator of the outer-gradient.
  public var estimator: String
  /// The name of the inner problem, or several with commas.
  public var problem: String
  /// The number of images of a minibatch.
  public var batch: Int
  /// The longest life of a task, in inner steps.
  public var steps: Int
  /// The name of the data set's folder, or several with commas. The folder's path is left out: snapshots are for
  /// others.
  public var dataset: String
  /// The SHA-256 of the data set's manifest, or several with commas.
  public var datasetSHA256: String
  /// The seed of the run.
  public var seed: UInt64
  /// The version of the program that wrote the snapshot.
  public var toolVersion: String
  /// The decay of the average of θ for each outer-iteration, where the snapshot holds the average; nil where it is θ
  /// itself.
  public var averageDecay: Double?
  /// The instruction set that the program computed with, and the library that multiplied matrices where that is not the
  /// program itself: what the bits of θ depend on; nil where the snapshot is of a version that did not say it.
  public var instructionSet: String?
  /// The inner step from which on the time inputs stay as they are; nil for never.
  public var timeFrozenAt: Int?
  /// Whether a tensor's update is multiplied by the root mean square of its parameters.
  public var scaleByRms: Bool
  /// Whether the network gets normalized momentum as it is, not divided by its root mean square over the tensor.
  public var rawMomentum: Bool

  /// Makes the metadata of a snapshot.
  public init(
    hiddenLayers: Int, hiddenUnits: Int, features: [String], betas: [Float], timeScales: [Float], lambda1: Float,
    lambda2: Float, outerIteration: Int, objective: String, estimator: String, problem: String, batch: Int,
    steps: Int, dataset: String, datasetSHA256: String, seed: UInt64, toolVersion: String,
    averageDecay: Double? = nil, instructionSet: String? = nil, timeFrozenAt: Int? = nil, scaleByRms: Bool = false,
    rawMomentum: Bool = false
  ) {
    self.hiddenLayers = hiddenLayers
    self.hiddenUnits = hiddenUnits
    self.features = features
    self.betas = betas
    self.timeScales = timeScales
    self.lambda1 = lambda1
    self.lambda2 = lambda2
    self.outerIteration = outerIteration
    self.objective = objective
    self.estimator = estimator
    self.problem = problem
    self.batch = batch
    self.steps = steps
    self.dataset = dataset
    self.datasetSHA256 = datasetSHA256
    self.seed = seed
    self.toolVersion = toolVersion
    self.averageDecay = averageDecay
    self.instructionSet = instructionSet
    self.timeFrozenAt = timeFrozenAt
    self.scaleByRms = scaleByRms
    self.rawMomentum = rawMomentum
  }

  /// The keys and values of the file's metadata: lists as JSON, numbers in decimal.
  public var dictionary: [String: String] {
    let hasOptions = timeFrozenAt != nil || scaleByRms || rawMomentum
    var own = [
      "format_version": hasOptions ? "2" : "1", "hidden_layers": String(hiddenLayers),
      "hidden_units": String(hiddenUnits),
      "features": "[" + features.map { "\"\($0)\"" }.joined(separator: ",") + "]",
      "betas": "[" + betas.map { "\($0)" }.joined(separator: ",") + "]",
      "time_scales": "[" + timeScales.map { "\($0)" }.joined(separator: ",") + "]", "lambda1": "\(lambda1)",
      "lambda2": "\(lambda2)", "outer_iteration": String(outerIteration), "objective": objective,
      "estimator": estimator, "problem": problem, "batch": String(batch), "steps": String(steps), "dataset": dataset,
      "dataset_sha256": datasetSHA256, "seed": String(seed), "tool_version": toolVersion,
    ]
    own["average_decay"] = averageDecay.map { "\($0)" }
    own["instruction_set"] = instructionSet
    own["time_frozen_at"] = timeFrozenAt.map { String($0) }
    if scaleByRms { own["scale_by_rms"] = "true" }
    if rawMomentum { own["raw_momentum"] = "true" }
    return own
  }

  /// Reads the keys and values of a file's metadata.
  ///
  /// Any key of version 2 may be an option of the update, so that θ is not to be run without it. Of version 1 keys that
  /// are not known are passed over.
  /// - Parameter name: what an error calls the file.
  /// - Throws: ``SnapshotError`` where a key is missing or has no sense, or the format is newer than this program's.
  public init(_ dictionary: [String: String], name: String) throws {
    func text(_ key: String) throws -> String {
      guard let value = dictionary[key] else {
        throw SnapshotError(.damaged, "\(name): not a snapshot of θ: its metadata lacks \(key)")
      }
      return value
    }
    func value<Value: Decodable>(_ key: String) throws -> Value {
      guard let value = try? JSONDecoder().decode(Value.self, from: Data(text(key).utf8)) else {
        throw SnapshotError(.damaged, "\(name): its metadata's \(key) is \"\(try text(key).printable())\"")
      }
      return value
    }
    let version: Int = try value("format_version")
    guard version >= 1 else {
      throw SnapshotError(
        .damaged, "\(name): not a snapshot of θ: its format version is \(version), and the first one is 1")
    }
    guard version <= Self.formatVersion else {
      throw SnapshotError(
        .newerFormat, "\(name): has format version \(version); this tool reads up to \(Self.formatVersion)")
    }
    if version < 2, let key = Self.optionKeys.first(where: { dictionary[$0] != nil }) {
      throw SnapshotError(.damaged, "\(name): its metadata has \(key), which format version \(version) does not")
    }
    let step: Int = try value("outer_iteration")
    guard (0...RecordedFiles.highestStep).contains(step) else {
      throw SnapshotError(.damaged, "\(name): its metadata's outer_iteration is \(step)")
    }
    self.init(
      hiddenLayers: try value("hidden_layers"), hiddenUnits: try value("hidden_units"),
      features: try value("features"), betas: try value("betas"), timeScales: try value("time_scales"),
      lambda1: try value("lambda1"), lambda2: try value("lambda2"), outerIteration: step,
      objective: try text("objective"), estimator: try text("estimator"), problem: try text("problem"),
      batch: try value("batch"), steps: try value("steps"), dataset: try text("dataset"),
      datasetSHA256: try text("dataset_sha256"), seed: try value("seed"), toolVersion: try text("tool_version"),
      averageDecay: dictionary["average_decay"] == nil ? nil : try value("average_decay"),
      instructionSet: dictionary["instruction_set"],
      timeFrozenAt: dictionary["time_frozen_at"] == nil ? nil : try value("time_frozen_at"),
      scaleByRms: dictionary["scale_by_rms"] == nil ? false : try value("scale_by_rms"),
      rawMomentum: dictionary["raw_momentum"] == nil ? false : try value("raw_momentum"))
    let known = Set(self.dictionary.keys).union(Self.optionKeys)
    if version >= 2, let unknown = dictionary.keys.sorted().first(where: { !known.contains($0) }) {
      throw SnapshotError(
        .newerFormat, "\(name): its metadata has the key \(unknown.printable()), which this tool does not know")
    }
  }
}
