public import Engine
public import Foundation
import Snapshots
import Support

/// What a run resumes from: the learner's state, and the settings under which it came about.
public struct TrainingState: Sendable {
  /// The version of the file's layout.
  public static let formatVersion = 1

  public var learner: LearnerState
  public var configuration: Configuration
  /// What the workers' tasks were drawn from.
  public var tasks: [DatasetTasks.Description]

  /// A worker's numbers; its arrays are tensors.
  private struct WorkerEntry: Codable {
    var draws: Int
    var step: Int
    var life: Int
    var problem: Int
    var finished: Finished?

    struct Finished: Codable {
      var lossPlus: Double
      var lossMinus: Double
      var innerSteps: Int
      var diverged: Bool
    }
  }

  public init(learner: LearnerState, configuration: Configuration, tasks: [DatasetTasks.Description]) {
    self.learner = learner
    self.configuration = configuration
    self.tasks = tasks
  }

  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    func vector(_ values: [Float]) -> Safetensors.Tensor { .init(shape: [values.count], .float32(values)) }
    var tensors = [
      "theta": vector(learner.theta), "adam/first": vector(learner.adam.first),
      "adam/second": vector(learner.adam.second),
    ]
    let entries = learner.workers.enumerated().map { number, worker in
      let finished = learner.finished[number]
      tensors["worker/\(number)/inner"] = vector(worker.inner)
      if let sample = finished?.sample {
        tensors["worker/\(number)/reparameterization"] = vector(sample.reparameterization)
        tensors["worker/\(number)/evolution_strategies"] = vector(sample.evolutionStrategies)
      }
      return WorkerEntry(
        draws: worker.draws, step: worker.step, life: worker.life, problem: worker.problem,
        finished: finished.map {
          .init(
            lossPlus: $0.sample.lossPlus, lossMinus: $0.sample.lossMinus, innerSteps: $0.innerSteps,
            diverged: $0.diverged)
        })
    }
    let metadata = [
      "format_version": String(Self.formatVersion), "outer_iteration": String(learner.outerIteration),
      "adam_steps": String(learner.adam.steps), "workers": try json(entries), "configuration": try json(configuration),
      "tasks": try json(tasks), "tool_version": toolVersion,
    ]
    return try Safetensors(metadata: metadata, tensors: tensors).encoded()
  }

  /// - Parameter name: what an error calls the file.
  public init(_ data: Data, name: String) throws {
    try self.init(Safetensors(data, name: name), name: name)
  }

  /// - Parameter name: what an error calls the file.
  init(_ file: Safetensors, name: String) throws {
    func damaged(_ key: String) -> SnapshotError {
      SnapshotError(.damaged, "\(name): not a run's state: its \(key) is missing or damaged")
    }
    func value<Value: Decodable>(_ key: String) throws -> Value {
      guard let text = file.metadata[key], let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8))
      else { throw damaged(key) }
      return value
    }
    func vector(_ key: String) throws -> [Float] {
      guard case .float32(let values)? = file.tensors[key]?.values else { throw damaged(key) }
      return values
    }
    let version: Int = try value("format_version")
    guard version <= Self.formatVersion else {
      throw TrainingError(
        .newerFormat, "\(name): has format version \(version); this tool reads up to \(Self.formatVersion)")
    }
    configuration = try value("configuration")
    tasks = try value("tasks")
    learner = LearnerState(theta: try vector("theta"), workers: 0)
    let (first, second) = (try vector("adam/first"), try vector("adam/second"))
    guard first.count == second.count else { throw damaged("adam/second") }
    learner.adam = OuterAdam(first: first, second: second, steps: try value("adam_steps"))
    learner.outerIteration = try value("outer_iteration")
    let entries: [WorkerEntry] = try value("workers")
    for (number, entry) in entries.enumerated() {
      var worker = WorkerState()
      worker.draws = entry.draws
      worker.step = entry.step
      worker.life = entry.life
      worker.problem = entry.problem
      worker.inner = try vector("worker/\(number)/inner")
      learner.workers.append(worker)
      guard let finished = entry.finished else { continue }
      learner.finished[number] = WorkerResult(
        sample: OuterGradientSample(
          lossPlus: finished.lossPlus, lossMinus: finished.lossMinus,
          reparameterization: try vector("worker/\(number)/reparameterization"),
          evolutionStrategies: try vector("worker/\(number)/evolution_strategies")),
        innerSteps: finished.innerSteps, diverged: finished.diverged)
    }
  }
}
