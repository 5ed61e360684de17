import Engine
public import Foundation
public import Shards
public import Snapshots
import Support
import Synchronization

/// Trains tasks with the learned optimizer and with tuned baselines, and compares.
public struct Evaluation: Sendable {
  private let plan: EvaluationPlan
  private let snapshot: Snapshot
  private let architecture: Architecture
  private let problem: any InnerProblem
  private let tasks: [OpenTask]
  /// The ids of each task's classes, in the order of their labels.
  public let taskClasses: [[String]]
  private let threads: Int
  private let log: RunLog

  /// What the log of finished runs depends on.
  private struct Identity: Encodable {
    var plan: EvaluationPlan
    var theta: String
    var dataset: String
    var instructionSet: String
    var version = toolVersion
  }

  /// Throws where the problem does not fit the data set, the snapshot cannot be run, or a split has too few classes or
  /// images.
  ///
  /// - Parameters:
  ///   - name: what an error calls the snapshot.
  ///   - cache: the folder of the log of finished runs.
  public init(_ plan: EvaluationPlan, snapshot: Snapshot, name: String, dataset: Dataset, threads: Int, cache: URL)
    throws
  {
    self.plan = plan
    self.snapshot = snapshot
    self.threads = threads
    architecture = try Architecture(snapshot.metadata, name: name)
    guard snapshot.theta.count == architecture.layout.count else {
      throw SnapshotError(
        .damaged,
        "\(name): has \(snapshot.theta.count) weights; its architecture has \(architecture.layout.count)")
    }
    let problem = try InnerProblems.named(plan.problem)
    self.problem = problem
    guard problem.shape == dataset.imageShape else {
      throw EngineError(
        .wrongShape,
        "\(dataset.folder.path): \(plan.problem) takes images of \(problem.shape), these are \(dataset.imageShape)")
    }
    guard plan.batch > 0 else {
      throw SnapshotError(.damaged, "\(name): its metadata's batch is \(plan.batch); give --batch")
    }
    tasks = try (0..<plan.tasks).map { index in
      let task = try dataset.open(
        dataset.sampleTask(split: plan.split, classes: problem.classes, seed: plan.seed, index: index))
      guard task.count(of: .training) > 0, task.count(of: .validation) > 0 else {
        throw TrainingError(
          .noImages,
          "\(dataset.folder.path): task \(index) has \(task.count(of: .training)) training and "
            + "\(task.count(of: .validation)) validation images; an evaluation needs both"
        )
      }
      return task
    }
    taskClasses = tasks.map { $0.classes.classes.map { dataset.manifest.classes[$0].id } }
    log = try RunLog(
      folder: cache,
      identity: Identity(
        plan: plan, theta: Digest.sha256(try snapshot.encoded()), dataset: dataset.manifestDigest,
        instructionSet: try InstructionSet.name()))
  }

  /// The rates 10^(k/3) from 10⁻⁵ to 1, by k.
  private static let firstGrid = -15...0

  private static func rate(_ exponent: Int) -> Float {
    Float(pow(10, Double(exponent) / 3))
  }

  /// Runs everything that the log does not have yet.
  public func run() throws -> [EvaluationResult] {
    let progress = Support.Progress(
      "evaluating", unit: "runs", total: plan.tasks * plan.initialisations * (1 + 3 * Self.firstGrid.count))
    var found: [(Contender, [RunOutcome])] = []
    let learned = Contender(kind: .learned)
    found.append((learned, try outcomes([learned], progress)[learned] ?? []))
    for kind in Contender.Kind.baselines {
      let (contender, outcomes) = try tune(kind, progress)
      found.append((contender, outcomes))
    }
    progress.finish()
    let timings = try StepTiming(plan: plan, problem: problem, task: tasks[0]).medians(
      found.map { contender, _ in contender.make(problem, snapshot: snapshot, architecture: architecture) })
    let results = EvaluationResult.make(plan, found, secondsPerStep: timings)
    log.remove()
    return results
  }

  /// The best rate of a grid that widens while its best is at an end.
  private func tune(_ kind: Contender.Kind, _ progress: Support.Progress) throws -> (Contender, [RunOutcome]) {
    var exponents = Self.firstGrid
    var known: [Int: (Contender, [RunOutcome])] = [:]
    while true {
      let missing = exponents.filter { known[$0] == nil }
      if !known.isEmpty { progress.expect(missing.count * plan.tasks * plan.initialisations) }
      let contenders = missing.map { Contender(kind: kind, rate: Self.rate($0)) }
      let outcomes = try outcomes(contenders, progress)
      for (exponent, contender) in zip(missing, contenders) { known[exponent] = (contender, outcomes[contender] ?? []) }
      func mean(_ exponent: Int) -> Double {
        let outcomes = known[exponent]?.1 ?? []
        return outcomes.reduce(0) { $0 + $1.loss(plan.tunedFor, tail: plan.tail) } / Double(outcomes.count)
      }
      let best = exponents.min { mean($0) < mean($1) } ?? exponents.lowerBound
      if best == exponents.lowerBound && best > -30 {
        exponents = (best - 3)...exponents.upperBound
      } else if best == exponents.upperBound && best < 9 {
        exponents = exponents.lowerBound...(best + 3)
      } else if let result = known[best] {
        return result
      }
    }
  }

  /// Each contender's runs over all tasks and initialisations, in their order, on all threads.
  private func outcomes(_ contenders: [Contender], _ progress: Support.Progress) throws -> [Contender: [RunOutcome]] {
    let keys = contenders.flatMap { contender in
      (0..<plan.tasks).flatMap { task in
        (0..<plan.initialisations).map { RunLog.Key(contender: contender, task: task, initialisation: $0) }
      }
    }
    let failure = Mutex<(any Error)?>(nil)
    Threads.forEach(keys.count, threads: threads) { _, index in
      let key = keys[index]
      defer { progress.advance(note: "\(key.contender.kind.rawValue) \(key.contender.rate.map { "\($0)" } ?? "")") }
      guard log[key] == nil, failure.withLock({ $0 == nil }) else { return }
      let optimizer = key.contender.make(problem, snapshot: snapshot, architecture: architecture)
      let training = InnerTraining(problem, plan: plan)
      guard
        let outcome = training.run(
          task: key.task, initialisation: key.initialisation, open: tasks[key.task], with: optimizer)
      else { return }
      do { try log.append(outcome, for: key) } catch { failure.withLock { $0 = error } }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return Dictionary(grouping: keys, by: \.contender).mapValues { keys in keys.compactMap { log[$0] } }
  }
}
