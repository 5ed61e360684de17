import Engine
import Files
import Foundation
import Logging
import Settings
import Shards
import Snapshots
import Synchronization
import Tasks

/// The recorder of a run: it writes the rows of the log, states and snapshots, and keeps the run's status and alarms.
///
/// The thread that trains records outer-iterations and evaluations; any thread may have a state or a snapshot written.
/// What others rely on, whenever the process is killed:
///
/// 1. **A state of outer-iteration n is durable only after the rows up to n are.** So a restart leaves no gap in the log.
/// 2. **A snapshot of step n appears only after a state of step n is durable.** So a restart is never behind what was given
///    out.
/// 3. **A file counts only with its record**, which is written once the file is durable; no name is ever written twice
///    (``RecordedFiles``).
/// 4. **The average of a step appears before its θ.** So a reader who sees a θ finds its average.
/// 5. **New snapshots appear only above the highest step that ever was one**, also after a fallback to an older state.
/// 6. **The best snapshot is one that was written, and holds the θ that was evaluated.**
/// 7. **Where less of the disk is free than `snapshot.free_mib`, neither a state nor a snapshot that is due is written.** What
///    is left is for rows, and for the state at a pause and at the end.
/// 8. **Where every pair diverges, for many outer-iterations, no snapshot that is due is written** (``DivergenceWatch``).
/// 9. **What cannot be written while the run goes on is an alarm, not its end.** A row waits in memory, and is written before
///    the next row, and before a state of its outer-iteration.
final class RunRecorder: Sendable {
  let snapshots: SnapshotStore
  let history: TrainingHistory
  let alarms = Alarms()
  /// The settings that may change while the run goes on.
  let settings: Mutex<Configuration.Snapshot>
  let configuration: Configuration
  let states: StateStore
  let log: TrainingLog
  let learner: Learner
  let tasks: DatasetTaskDistribution
  /// SHA-256 of each data set's manifest.
  let digests: [String]
  let console: Logger
  let currentStatus: Mutex<TrainingRun.Status>
  /// Watches whether θ still trains anything.
  private let divergence = DivergenceWatch()
  /// Is locked by the thread that writes snapshots.
  let writing = Mutex(())
  private let folder: StateFolder
  let lock: StateLock

  /// Opens what the folder holds, and cuts the log behind the learner's outer-iteration: only who holds the folder's lock
  /// may.
  ///
  /// - Parameters:
  ///   - lock: the lock of the folder.
  ///   - states: the store that the learner's state was restored from.
  ///   - rows: the names of the rows of the suite that θ is evaluated on; none where there is no suite.
  ///   - key: signs the records of snapshots; nil: they are not signed.
  init(
    _ configuration: Configuration, _ folder: StateFolder, lock: StateLock, states: StateStore, learner: Learner,
    tasks: DatasetTaskDistribution, digests: [String], rows: [String], key: SigningKey?, console: Logger
  ) throws {
    self.configuration = configuration
    self.folder = folder
    self.lock = lock
    self.states = states
    self.learner = learner
    self.tasks = tasks
    self.digests = digests
    self.console = console
    settings = Mutex(configuration.snapshot)
    let outerIteration = learner.currentState().outerIteration
    snapshots = try SnapshotStore(creatingIn: folder.url, key: key)
    log = try TrainingLog(in: folder, resumingAt: outerIteration)
    history = try TrainingHistory(readingFrom: folder)
    currentStatus = Mutex(
      TrainingRun.Status(
        outerIteration: outerIteration,
        snapshot: try snapshots.latest(refused: { console.error("refused: \($0)") })?.step,
        best: Self.best(snapshots, console)?.record.step, problems: TrainingRun.Status.problems(tasks, rows: rows)))
  }

  /// The status of the run, but for whether it is paused.
  var status: TrainingRun.Status { currentStatus.withLock { $0 } }

  /// The newest outer-iteration whose evaluation was recorded, as far back as the one at which the run went on.
  var evaluated: Int? { log.evaluated }

  /// Whether θ has trained nothing for many outer-iterations. Then no snapshot that is due is written, so that the sound
  /// ones from before are kept.
  var isLost: Bool { divergence.isLost }

  /// Records an outer-iteration: adds its row, and returns the new status.
  func record(_ report: OuterIterationReport, took duration: Duration) -> TrainingRun.Status {
    let rate = Double(report.innerSteps) / max(duration / .seconds(1), 1e-9)
    divergence.look(at: report, alarms, console)
    append(
      .outerIteration(
        OuterIterationRow(report, problems: tasks.problems.map(\.name), innerStepsPerSecond: rate, time: Date())))
    console.debug(
      "outer-iteration \(report.outerIteration): outer-loss \(report.outerLoss), \(report.innerSteps) inner steps")
    return currentStatus.withLock { status in
      status.outerIteration = report.outerIteration
      status.outerLoss = report.outerLoss
      // The rows of a suite, which have no outer-loss, come after the problems.
      for (index, loss) in report.problemLosses.enumerated() where report.problemLosses.count > 1 {
        if let loss { status.problems[index].outerLoss = loss }
      }
      status.innerStepsPerSecond = rate
      status.truncation = report.length
      status.innerSteps += report.innerSteps
      status.diverged += report.diverged
      return status
    }
  }

  /// Records an evaluation: the best snapshot, where it is that, then a row, and the status.
  ///
  /// - Parameters:
  ///   - losses: the losses of the θ of `state`.
  ///   - adam: the losses of tuned Adam on the same tasks.
  ///   - evaluation: the evaluation that found them.
  ///   - started: the time at which the evaluation began.
  func record(
    _ losses: OuterEvaluation.Losses, adam: BaselineLoss, of state: LearnerState, by evaluation: OuterEvaluation,
    started: ContinuousClock.Instant
  ) {
    let step = state.outerIteration
    let problems = losses.problems.reduce(into: [:]) {
      $0[$1.key] = EvaluationRow.Problem(loss: $1.value, adamLoss: adam.problems?[$1.key]?.loss)
    }
    var isBest = false
    alarming(about: .snapshot) { isBest = try keepIfBest(losses.mean, of: state, by: evaluation) }
    append(
      .evaluation(
        EvaluationRow(
          outerIteration: step, time: Date(), split: evaluation.split, loss: losses.mean, adamLoss: adam.loss,
          suite: evaluation.suite, problems: problems.isEmpty ? nil : problems, best: isBest,
          seconds: (ContinuousClock.now - started) / .seconds(1))))
    currentStatus.withLock { status in
      status.evaluationLoss = losses.mean
      for index in status.problems.indices {
        status.problems[index].evaluationLoss = problems[status.problems[index].name]?.loss
      }
      if isBest { status.best = step }
    }
    let each = losses.problems.sorted { $0.key < $1.key }.map { "\($0) \($1.lossText)" }.joined(separator: ", ")
    let loss = losses.mean.lossText + (each.isEmpty ? "" : " (\(each))") + (isBest ? ", the best so far" : "")
    let what = evaluation.suite.map { "by the suite \($0): ratio" } ?? "on \(evaluation.split.tasks): loss"
    console.info("evaluation at outer-iteration \(step) \(what) \(loss)")
  }

  private func append(_ row: LogRow) {
    alarming(about: .log) { try log.append(row) }
    history.append(row)
  }

  /// Returns the loss of tuned Adam on the tasks of an evaluation; nil where the folder does not remember it.
  func baseline(of evaluation: OuterEvaluation) -> BaselineLoss? {
    guard let known = BaselineLoss(contentsOf: folder.baseline), known.isOf(evaluation) else { return nil }
    show(known)
    return known
  }

  /// Remembers the loss of tuned Adam in the folder.
  func keep(_ baseline: BaselineLoss) {
    alarming(about: .state) { try AtomicFile.writeJSON(baseline, to: folder.baseline) }
    show(baseline)
  }

  private func show(_ baseline: BaselineLoss) {
    currentStatus.withLock { status in
      status.adamLoss = baseline.loss
      for index in status.problems.indices {
        status.problems[index].adamLoss = baseline.problems?[status.problems[index].name]?.loss
      }
    }
  }
}
