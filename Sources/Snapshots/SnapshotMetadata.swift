import Files
import Foundation

/// What a snapshot says of its θ: how to run it, and how it was made.
public struct SnapshotMetadata: Sendable, Equatable {
  /// The version of this list of keys.
  public static let formatVersion = 1

  public var hiddenLayers: Int
  public var hiddenUnits: Int
  /// The groups of inputs that are on.
  public var features: [String]
  public var betas: [Float]
  public var timeScales: [Float]
  public var lambda1: Float
  public var lambda2: Float
  public var outerIteration: Int
  public var objective: String
  public var estimator: String
  /// The problem's name, or several with commas.
  public var problem: String
  public var batch: Int
  /// The longest life of a task, in inner steps.
  public var steps: Int
  /// The name of the data set's folder, not where it lies, as snapshots are for others; several with commas.
  public var dataset: String
  /// SHA-256 of its manifest, or several with commas.
  public var datasetSHA256: String
  public var seed: UInt64
  public var toolVersion: String
  /// How slowly θ's average forgets, where this is the average; nil where it is θ itself.
  public var averageDecay: Double?

  public init(
    hiddenLayers: Int, hiddenUnits: Int, features: [String], betas: [Float], timeScales: [Float], lambda1: Float,
    lambda2: Float, outerIteration: Int, objective: String, estimator: String, problem: String, batch: Int,
    steps: Int, dataset: String, datasetSHA256: String, seed: UInt64, toolVersion: String,
    averageDecay: Double? = nil
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
  }

  /// The keys and values of the file's metadata: lists as JSON, numbers in decimal.
  public var dictionary: [String: String] {
    let own = [
      "format_version": String(Self.formatVersion), "hidden_layers": String(hiddenLayers),
      "hidden_units": String(hiddenUnits),
      "features": "[" + features.map { "\"\($0)\"" }.joined(separator: ",") + "]",
      "betas": "[" + betas.map { "\($0)" }.joined(separator: ",") + "]",
      "time_scales": "[" + timeScales.map { "\($0)" }.joined(separator: ",") + "]", "lambda1": "\(lambda1)",
      "lambda2": "\(lambda2)", "outer_iteration": String(outerIteration), "objective": objective,
      "estimator": estimator, "problem": problem, "batch": String(batch), "steps": String(steps), "dataset": dataset,
      "dataset_sha256": datasetSHA256, "seed": String(seed), "tool_version": toolVersion,
    ]
    return averageDecay.map { own.merging(["average_decay": "\($0)"]) { $1 } } ?? own
  }

  /// - Parameter name: what an error calls the file.
  public init(_ dictionary: [String: String], name: String) throws {
    func text(_ key: String) throws -> String {
      guard let value = dictionary[key] else {
        throw SnapshotError(.damaged, "\(name): not a snapshot of θ: its metadata lacks \(key)")
      }
      return value
    }
    func value<Value: Decodable>(_ key: String) throws -> Value {
      guard let value = try? JSONDecoder().decode(Value.self, from: Data(text(key).utf8)) else {
        throw SnapshotError(.damaged, "\(name): its metadata's \(key) is \"\(try text(key))\"")
      }
      return value
    }
    let version: Int = try value("format_version")
    guard version <= Self.formatVersion else {
      throw SnapshotError(
        .newerFormat, "\(name): has format version \(version); this tool reads up to \(Self.formatVersion)")
    }
    self.init(
      hiddenLayers: try value("hidden_layers"), hiddenUnits: try value("hidden_units"),
      features: try value("features"), betas: try value("betas"), timeScales: try value("time_scales"),
      lambda1: try value("lambda1"), lambda2: try value("lambda2"), outerIteration: try value("outer_iteration"),
      objective: try text("objective"), estimator: try text("estimator"), problem: try text("problem"),
      batch: try value("batch"), steps: try value("steps"), dataset: try text("dataset"),
      datasetSHA256: try text("dataset_sha256"), seed: try value("seed"), toolVersion: try text("tool_version"),
      averageDecay: dictionary["average_decay"] == nil ? nil : try value("average_decay"))
  }
}
