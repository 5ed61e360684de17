package import Engine
import Files
package import Foundation
package import Settings
import Snapshots
package import Tasks

/// The state from which a run goes on: the learner's, with the settings under which it came about.
package struct TrainingState: Sendable {
  /// The newest version of the file's layout that this program reads.
  package static let formatVersion = 3

  /// The learner's state.
  package var learner: LearnerState
  /// The configuration of the run.
  package var configuration: Configuration
  /// The pairs of data set and problem from which the workers' tasks were drawn.
  package var tasks: [DatasetTaskDistribution.Description]

  /// The highest number of a worker's task: those of all workers are numbered together, in 62 bits.
  private static let highestDraw = 1 << 46

  /// The numbers of a worker; its arrays are tensors.
  private struct WorkerEntry: Codable {
    var draws: Int
    var step: Int
    var life: Int
    var problem: Int
    /// Absent before a task's first truncation, and in states from before it was written.
    var sigma: Float?
    /// Absent where no member has diverged.
    var diverged: Worker.Member?
  }

  /// A truncation that counts in the outer-iteration under way.
  private struct FinishedEntry: Codable {
    var worker: Int
    var outerIteration: Int
    var lossPlus: Double
    var lossMinus: Double
    var innerSteps: Int
    var diverged: Bool
    /// Absent in states from before it was written.
    var problem: Int?
  }

  /// Makes a state of its parts.
  package init(learner: LearnerState, configuration: Configuration, tasks: [DatasetTaskDistribution.Description]) {
    self.learner = learner
    self.configuration = configuration
    self.tasks = tasks
  }

  /// The version of the file's layout. One of version 3 has settings that a program of version 2 does not know: it would
  /// pass over them, and train another optimizer.
  private var version: Int {
    let (inner, outer) = (configuration.inner, configuration.outer)
    let isNew =
      inner.optimizer.hasOptions || inner.life.ages != .lives || outer.weightByLength || outer.countDivergenceToEnd
      || outer.reference != .none || inner.lossClip != nil
      || configuration.problem.contains { $0.batch != nil || $0.life != nil || $0.referenceLoss != nil }
    return isNew ? 3 : 2
  }

  /// Returns the bytes of the state's file.
  package func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    func vector(_ values: [Float]) -> Safetensors.Tensor { .init(shape: [values.count], .float32(values)) }
    var tensors = [
      "theta": vector(learner.theta), "adam/first": vector(learner.adam.first),
      "adam/second": vector(learner.adam.second),
    ]
    if !learner.average.isEmpty { tensors["average"] = vector(learner.average) }
    let entries = learner.workers.enumerated().map { number, worker in
      tensors["worker/\(number)/inner"] = vector(worker.inner)
      if !worker.other.isEmpty { tensors["worker/\(number)/other"] = vector(worker.other) }
      if !worker.perturbation.isEmpty { tensors["worker/\(number)/perturbation"] = vector(worker.perturbation) }
      return WorkerEntry(
        draws: worker.draws, step: worker.step, life: worker.life, problem: worker.problem, sigma: worker.sigma,
        diverged: worker.diverged)
    }
    let finished = learner.finished.enumerated().map { number, result in
      let sample = result.sample
      tensors["finished/\(number)/reparameterization"] = vector(sample.reparameterization)
      tensors["finished/\(number)/evolution_strategies"] = vector(sample.evolutionStrategies)
      return FinishedEntry(
        worker: result.worker, outerIteration: result.outerIteration, lossPlus: sample.lossPlus,
        lossMinus: sample.lossMinus, innerSteps: result.innerSteps, diverged: result.diverged,
        problem: result.problem)
    }
    let metadata = [
      "format_version": String(version), "outer_iteration": String(learner.outerIteration),
      "adam_steps": String(learner.adam.steps), "workers": try json(entries), "finished": try json(finished),
      "configuration": try json(configuration), "tasks": try json(tasks), "tool_version": toolVersion,
    ]
    return try Safetensors(metadata: metadata, tensors: tensors).encoded()
  }

  /// Reads the bytes of a state's file.
  /// - Parameter name: what an error calls the file.
  /// - Throws: `SnapshotError` where it is damaged, ``TrainingError`` where it is of a newer format.
  package init(_ data: Data, name: String) throws {
    try self.init(Safetensors(data, name: name), name: name)
  }

  /// Reads a state from a safetensors file.
  /// - Parameter name: what an error calls the file.
  init(_ file: Safetensors, name: String) throws {
    func damaged(_ key: String) -> SnapshotError {
      SnapshotError(.damaged, "\(name): not a run's state: its \(key) is missing or damaged")
    }
    func value<Value: Decodable>(_ key: String) throws -> Value {
      // A key that is there twice would drop one of its values.
      guard let text = file.metadata[key].map({ Data($0.utf8) }), (try? JSONFault.check(text)) != nil,
        let value = try? JSONDecoder().decode(Value.self, from: text)
      else { throw damaged(key) }
      return value
    }
    func vector(_ key: String) throws -> [Float] {
      guard case .float32(let values)? = file.tensors[key]?.values else { throw damaged(key) }
      return values
    }
    func optionalVector(_ key: String) throws -> [Float] { file.tensors[key] == nil ? [] : try vector(key) }
    let version: Int = try value("format_version")
    guard version <= Self.formatVersion else {
      throw TrainingError(
        .newerFormat, "\(name): has format version \(version); this tool reads up to \(Self.formatVersion)")
    }
    guard let settings = file.metadata["configuration"].flatMap({ Configuration(stored: Data($0.utf8)) }) else {
      throw damaged("configuration")
    }
    configuration = settings
    tasks = try value("tasks")
    learner = LearnerState(theta: try vector("theta"), workers: 0)
    let (first, second) = (try vector("adam/first"), try vector("adam/second"))
    guard first.count == second.count else { throw damaged("adam/second") }
    learner.adam = OuterAdam(first: first, second: second, steps: try value("adam_steps"))
    learner.outerIteration = try value("outer_iteration")
    learner.average = try optionalVector("average")
    let counters = 0...Configuration.mostOuterIterations
    guard counters.contains(learner.outerIteration) else { throw damaged("outer_iteration") }
    guard counters.contains(learner.adam.steps) else { throw damaged("adam_steps") }
    guard learner.average.isEmpty || learner.average.count == learner.theta.count else { throw damaged("average") }
    // A θ that is not finite trains nothing, and nothing mends it.
    for (key, values) in [
      ("theta", learner.theta), ("adam/first", first), ("adam/second", second), ("average", learner.average),
    ] where !values.allSatisfy(\.isFinite) {
      throw SnapshotError(.damaged, "\(name): damaged: numbers of its \(key) are not finite")
    }
    let entries: [WorkerEntry] = try value("workers")
    for (number, entry) in entries.enumerated() {
      guard (0...Self.highestDraw).contains(entry.draws), (0...counters.upperBound).contains(entry.life),
        (0...entry.life).contains(entry.step), entry.problem >= 0, entry.sigma ?? 1 > 0
      else { throw damaged("workers") }
      var worker = Worker()
      worker.draws = entry.draws
      worker.step = entry.step
      worker.life = entry.life
      worker.problem = entry.problem
      // Where a state does not say σ, a task that has begun was perturbed with the σ of its settings.
      worker.sigma = entry.sigma ?? (entry.step > 0 ? settings.outer.sigma : nil)
      worker.diverged = entry.diverged
      worker.inner = try vector("worker/\(number)/inner")
      worker.other = try optionalVector("worker/\(number)/other")
      worker.perturbation = try optionalVector("worker/\(number)/perturbation")
      learner.workers.append(worker)
    }
    // Version 1 kept finished truncations elsewhere. They are dropped, and each worker's next one takes their place.
    let finished: [FinishedEntry] = version == 1 ? [] : try value("finished")
    learner.finished = try finished.enumerated().map { number, entry in
      guard learner.workers.indices.contains(entry.worker) else { throw damaged("finished") }
      return WorkerResult(
        worker: entry.worker, outerIteration: entry.outerIteration,
        sample: OuterGradientSample(
          lossPlus: entry.lossPlus, lossMinus: entry.lossMinus,
          reparameterization: try vector("finished/\(number)/reparameterization"),
          evolutionStrategies: try vector("finished/\(number)/evolution_strategies")),
        innerSteps: entry.innerSteps, diverged: entry.diverged,
        problem: entry.problem ?? learner.workers[entry.worker].problem)
    }
    func fits(_ gradient: [Float]) -> Bool { gradient.isEmpty || gradient.count == learner.theta.count }
    let areSound = learner.finished.allSatisfy {
      learner.workers.indices.contains($0.worker) && (0...learner.outerIteration).contains($0.outerIteration)
        && counters.contains($0.innerSteps) && fits($0.sample.reparameterization) && fits($0.sample.evolutionStrategies)
    }
    guard areSound else { throw damaged("finished") }
  }
}
