package import Engine
package import Files
package import Foundation
package import Shards
import Snapshots
package import Tasks
import Threads

/// An evaluation: it trains tasks with the learned optimizer and with tuned baselines, and compares the losses.
package struct Evaluation: Sendable {
  let plan: EvaluationPlan
  let problem: any InnerProblem
  let tasks: [TaskImages]
  let snapshot: RunnableSnapshot
  /// The ids of each task's classes, in the order of their labels.
  package let taskClasses: [[String]]
  private let threads: Int
  let kernels: Kernels
  private let journal: EvaluationJournal
  /// Whether steps count in a progress by their work, and not each the same.
  private var isWeighed = false

  /// Everything on which finished runs depend, and so the name of their journal.
  private struct Identity: Encodable {
    var plan: EvaluationPlan
    var theta: String
    var dataset: String
    var instructionSet: String
    var version = toolVersion
  }

  /// Opens the tasks of a plan and the journal of finished runs.
  ///
  /// - Parameters:
  ///   - cache: the folder of the journal.
  ///   - lost: hears, once, why finished runs can no longer be kept there, while the evaluation goes on; nil where that is an
  ///     error.
  /// - Throws: ``EngineError`` where the problem does not fit the data set, ``ShardsError`` or ``EvaluationError`` where
  ///   a split has too few classes or images.
  package init(
    _ plan: EvaluationPlan, snapshot: RunnableSnapshot, dataset: Dataset, threads: Int, kernels: Kernels, cache: URL,
    lost: (@Sendable (FileError) -> Void)? = nil
  ) throws {
    self.plan = plan
    self.snapshot = snapshot
    self.threads = threads
    self.kernels = kernels
    // The options of the command line were checked; a snapshot's batch was not.
    guard InnerSettings.batchRange.contains(plan.batch) else {
      throw SnapshotError(.damaged, "\(snapshot.name): its metadata's batch is \(plan.batch); give --batch")
    }
    (problem, tasks) = try plan.open(in: dataset)
    taskClasses = tasks.map { $0.classes.classes.map { dataset.manifest.classes[$0].id } }
    journal = try EvaluationJournal(
      folder: cache,
      identity: Identity(
        plan: plan, theta: Digest.sha256(try snapshot.snapshot.encoded()), dataset: dataset.manifestDigest,
        instructionSet: kernels.title),
      lost: lost)
  }

  /// Trains everything that the journal does not have yet, and reports. Call ``forget()`` once the report is stored:
  /// the journal stays until then.
  package func report() throws -> EvaluationReport {
    let progress = Files.Progress("evaluating", unit: "inner steps", total: 0, goesOn: true)
    defer { progress.finish() }
    expect(in: progress)
    return try report(progress)
  }

  /// Does the same as ``report()`` as a part of a larger piece of work.
  /// - Parameter progress: counts inner steps, those of this evaluation by ``expect(in:)`` before.
  package func report(_ progress: Files.Progress) throws -> EvaluationReport {
    let found = try weighed.found(progress)
    let times = try StepTiming(plan: plan, problem: problem, task: tasks[0], kernels: kernels).medians(
      found.map { optimizer($0.0) })
    return EvaluationReport(
      results: EvaluationResult.make(plan, found, times),
      losses: found.map { $0.1.map { $0.loss(plan.tunedFor, tail: plan.tail) } },
      curves: EvaluationCurves(plan, found, secondsPerStep: times.map(\.seconds)))
  }

  /// Adds the steps of this evaluation to a progress.
  package func expect(in progress: Files.Progress) {
    let runs = expectedRunsByKind
    progress.expect(runs.learned * plan.steps, weight: weighed.weight(.learned))
    progress.expect(runs.baselines * plan.steps, weight: weighed.weight(.adam))
  }

  private var weighed: Evaluation {
    var weighed = self
    weighed.isWeighed = true
    return weighed
  }

  /// The work of an inner step, in multiply-adds: those of the gradient, and of the learned optimizer's network.
  func weight(_ kind: Contender.Kind) -> Double {
    guard isWeighed else { return 1 }
    let gradient = 3 * plan.batch * problem.executedMultiplyAdds.reduce(0, +)
    return Double(gradient + (kind.isLearned ? problem.layout.count * snapshot.theta.count : 0))
  }

  private func found(_ progress: Files.Progress) throws -> [(Contender, [RunOutcome])] {
    try plan.schedules.flatMap { try compared(under: $0, progress) }
  }

  /// Returns the optimizers that are reported of one schedule, with their runs on everything: the learned one, the same
  /// with its best step scale where that is looked for, and the tuned baselines.
  private func compared(
    under schedule: StepSchedule, _ progress: Files.Progress
  ) throws -> [(Contender, [RunOutcome])] {
    let learned = Contender(kind: .learned, stepScale: plan.stepScale ?? 1, schedule: schedule)
    var found = [(learned, try outcomes([learned], of: plan.everything, progress)[0])]
    if plan.tunesLearned == true {
      let (best, runs) = try tune(.learned, under: schedule, progress)
      var tuned = best
      tuned.kind = .learnedTuned
      found.append((tuned, runs))
    }
    for kind in plan.comparedBaselines { found.append(try tune(kind, under: schedule, progress)) }
    return found
  }

  /// Returns the report's results and removes the journal, so that the same evaluation begins anew next time.
  package func run() throws -> [EvaluationResult] {
    let results = try report().results
    forget()
    return results
  }

  /// Removes the journal of finished runs.
  package func forget() { journal.remove() }

  /// Makes the optimizer of a contender for this evaluation's problem.
  func optimizer(_ contender: Contender) -> any InnerOptimizer {
    contender.make(problem, snapshot: snapshot, steps: plan.steps, kernels: kernels)
  }

  /// Returns each contender's runs, tasks outside and initialisations inside; runs that are missing are trained on all
  /// threads.
  ///
  /// - Parameter known: runs that an earlier call did, and that the progress has counted.
  func outcomes(
    _ contenders: [Contender], of runs: RunSet, after known: RunSet? = nil, _ progress: Files.Progress
  ) throws -> [[RunOutcome]] {
    let keys = contenders.flatMap(runs.keys).filter { known?.contains($0) != true }
    let missing = keys.filter { journal[$0] == nil }
    for key in keys where journal[key] != nil { progress.skip(plan.steps, weight: weight(key.contender.kind)) }
    try Threads.forEach(missing.count, threads: threads) { _, index in
      let key = missing[index]
      defer {
        let number = key.contender.rate ?? key.contender.stepScale
        progress.advance(
          by: plan.steps, weight: weight(key.contender.kind),
          note: "\(key.contender.kind.rawValue) \(number.map { "\($0)" } ?? "")")
      }
      let training = InnerTraining(problem, plan: plan, kernels: kernels)
      guard
        let outcome = training.run(
          task: key.task, initialisation: key.initialisation, open: tasks[key.task],
          with: optimizer(key.contender))
      else { return }
      try journal.append(outcome, for: key)
    }
    return contenders.map { runs.keys(of: $0).compactMap { journal[$0] } }
  }
}
