package import Engine
import Files
import Foundation
package import Logging
package import Settings
import Shards
package import Snapshots
import Synchronization
import Tasks
package import Threads

/// A run of outer-training on data sets: it restores the newest state, trains, and leaves states, snapshots and a log.
///
/// One process at a time holds the lock of its state folder. A snapshot of step n appears only after a state of step n
/// is durable, so a restart is never behind what was given out; and that is durable only after the rows of the log up
/// to n are, so a restart leaves no gap in them.
package final class TrainingRun: Sendable {
  package let configuration: Configuration
  package let snapshots: SnapshotStore
  package let history: TrainingHistory
  /// Counts the inner steps of training and evaluation.
  let steps: StepCounter
  package let threads: Int
  package let alarms = Alarms()
  private let lock: StateLock
  let states: StateStore
  let log: TrainingLog
  let learner: Learner
  /// Nil where there is none.
  let evaluation: OuterEvaluation?
  let digests: [String]
  let tasks: DatasetTaskDistribution
  let console: Logger
  private let progress: @Sendable (OuterIterationReport, Status) -> Void
  let control: RunControl
  let currentStatus: Mutex<Status>
  /// What may change while it runs.
  let snapshotSettings: Mutex<Configuration.Snapshot>
  /// One thread at a time writes snapshots.
  let writing = Mutex(())

  /// Takes the lock, opens the data sets, restores or begins the state, and writes the first snapshot.
  ///
  /// - Parameters:
  ///   - kernels: what the engine computes with.
  ///   - stop: ends the opening with a `CancellationError`, and ``run()`` as ``stop()`` does.
  ///   - progress: called after every outer-iteration.
  ///   - opening: told which share of the data sets is read, where they are read for the first time.
  package init(
    configuration: Configuration, kernels: Kernels, console: Logger, stop: StopFlag = StopFlag(),
    progress: @escaping @Sendable (OuterIterationReport, Status) -> Void = { _, _ in },
    opening: (Double) -> Void = { _ in }
  ) throws {
    self.configuration = configuration
    self.console = console
    self.progress = progress
    control = RunControl(stop: stop)
    snapshotSettings = Mutex(configuration.snapshot)
    let key = try configuration.signingKey()
    // What cannot begin leaves no folder.
    let isNew = !FileManager.default.fileExists(atPath: configuration.state)
    let start = isNew ? try Self.startingPoint(configuration) : nil
    lock = try StateLock(state: configuration.stateFolder)
    let datasets = try Self.open(
      configuration, verification: ShardVerification(memoryIn: configuration.stateFolder), stop: stop, opening: opening)
    digests = datasets.map(\.manifestDigest)
    steps = StepCounter()
    tasks = try DatasetTaskDistribution(configuration, datasets: datasets, counter: steps)
    snapshots = try SnapshotStore(creatingIn: configuration.stateFolder, key: key)
    states = try StateStore(creatingIn: configuration.stateFolder)
    let restored = try states.restore { console.error("refused: \($0)") }
    let state =
      if let restored {
        try Self.resume(restored, configuration, tasks: tasks.descriptions, console)
      } else {
        try Self.begin(start ?? Self.startingPoint(configuration), configuration)
      }
    threads = configuration.threads > 0 ? configuration.threads : SystemCall.processorCount
    learner = Learner(
      seed: configuration.seed, outer: configuration.outer, inner: configuration.inner, problems: tasks.problems,
      tasks: tasks, state: state, threads: threads, kernels: kernels)
    evaluation = try Self.evaluation(configuration, tasks, threads: threads, kernels: kernels)
    log = try TrainingLog(in: configuration.stateFolder, resumingAt: state.outerIteration)
    history = try TrainingHistory(readingFrom: configuration.stateFolder)
    currentStatus = Mutex(
      Status(
        outerIteration: state.outerIteration,
        snapshot: try snapshots.latest(refused: { console.error("refused: \($0)") })?.step,
        best: Self.best(snapshots, console)?.record.step))
    let names = tasks.problems.map(\.name).joined(separator: ", ")
    console.info(
      "training \(names) from outer-iteration \(state.outerIteration), \(threads) threads, \(kernels.name)")
    try writeState()
    if try snapshots.highestStep() == nil { try snapshotIfHigher() }
  }

  package var status: Status {
    currentStatus.withLock { status in
      var status = status
      status.isPaused = control.isPaused
      return status
    }
  }

  /// The names of the inner problems.
  package var problems: [String] { tasks.problems.map(\.name) }

  /// Trains until stopped or until the configured number of outer-iterations is done; the calling thread waits. When it
  /// returns the state is durable.
  package func run() throws {
    do { try train() } catch {
      // For example a data set that is gone: what was trained is kept.
      do { try writeState() } catch { console.error("the last state could not be written: \(error)") }
      throw error
    }
  }

  private func train() throws {
    let timer = RepeatingTimer(
      named: "state-timer", every: { [self] in snapshotSettings.withLock { $0.everySeconds } }
    ) { [self] in
      alarming(about: .state) { try unlessDiskIsNearlyFull { try writeState() } }
    }
    defer { timer.stop() }
    defer { learner.endThreads() }
    var lastSnapshot = ContinuousClock.now
    while control.waitWhilePaused(whenPausing: pausing) {
      try evaluateIfDue()
      guard learner.currentState().outerIteration < configuration.outerIterations ?? .max else { break }
      let started = ContinuousClock.now
      guard let report = try learner.outerIteration(stop: control.interruption) else { continue }
      record(report, took: ContinuousClock.now - started)
      if ContinuousClock.now - lastSnapshot >= .seconds(snapshotSettings.withLock { $0.everySeconds }) {
        alarming(about: .snapshot) { try unlessDiskIsNearlyFull { try snapshotIfHigher() } }
        lastSnapshot = .now
      }
    }
    let state = try writeState()
    if control.isStopped {
      alarming(about: .snapshot) { try unlessDiskIsNearlyFull { try snapshotIfHigher(of: state) } }
    } else {
      try snapshotIfHigher(of: state)
    }
    console.info("stopped after outer-iteration \(status.outerIteration)")
  }

  private func pausing() {
    learner.endThreads()
    alarming(about: .state) { try writeState() }
    console.notice("paused at outer-iteration \(status.outerIteration)")
  }

  private func record(_ report: OuterIterationReport, took duration: Duration) {
    let rate = Double(report.innerSteps) / max(duration / .seconds(1), 1e-9)
    let row = OuterIterationRow(report, innerStepsPerSecond: rate, time: Date())
    alarming(about: .log) { try log.append(.outerIteration(row)) }
    history.append(.outerIteration(row))
    let status = currentStatus.withLock { status in
      status.outerIteration = report.outerIteration
      status.outerLoss = report.outerLoss
      status.innerStepsPerSecond = rate
      status.truncation = report.length
      status.innerSteps += report.innerSteps
      status.diverged += report.diverged
      return status
    }
    console.debug(
      "outer-iteration \(report.outerIteration): outer-loss \(report.outerLoss), \(report.innerSteps) inner steps")
    progress(report, status)
  }
}
