import Files
import Foundation

/// The facts that a snapshot states about its θ: how to run it, and how it was made.
public struct SnapshotMetadata: Sendable, Equatable {
  /// The version of this list of keys that this program writes, and the newest that it reads.
  public static let formatVersion = 1

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

  /// Makes the metadata of a snapshot.
  public init(
    hiddenLayers: Int, hiddenUnits: Int, features: [String], betas: [Float], timeScales: [Float], lambda1: Float,
    lambda2: Float, outerIteration: Int, objective: String, estimator: String, problem: String, batch: Int,
    steps: Int, dataset: String, datasetSHA256: String, seed: UInt64, toolVersion: String,
    averageDecay: Double? = nil, instructionSet: String? = nil
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
  }

  /// The keys and values of the file's metadata: lists as JSON, numbers in decimal.
  public var dictionary: [String: String] {
    var own = [
      "format_version": String(Self.formatVersion), "hidden_layers": String(hiddenLayers),
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
    return own
  }

  /// Reads the keys and values of a file's metadata.
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
    guard version <= Self.formatVersion else {
      throw SnapshotError(
        .newerFormat, "\(name): has format version \(version); this tool reads up to \(Self.formatVersion)")
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
      instructionSet: dictionary["instruction_set"])
  }
}
