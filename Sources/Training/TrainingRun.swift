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

/// A run of outer-training on data sets: the loop of outer-iterations and evaluations, until it is stopped or done.
///
/// It restores the newest state at its beginning; what it leaves is written by its ``RunRecorder``, which says in what
/// order. One process at a time holds the lock of its state folder.
package final class TrainingRun: Sendable {
  /// The configuration with which the run was opened.
  package let configuration: Configuration
  /// The number of threads that compute.
  package let threads: Int
  /// Counts the inner steps of training and evaluation.
  let steps: StepCounter
  let learner: Learner
  let recorder: RunRecorder
  /// The evaluation of θ while training; nil for none.
  let evaluation: OuterEvaluation?
  let tasks: DatasetTaskDistribution
  let console: Logger
  private let progress: @Sendable (OuterIterationReport, Status) -> Void
  let control: RunControl

  /// Opens a run: takes the lock, opens the data sets, restores or begins the state, and writes the first snapshot.
  ///
  /// - Parameters:
  ///   - console: gets the lines for people.
  ///   - stop: ends the opening with a `CancellationError`, and ``run()`` as ``stop()`` does.
  ///   - progress: is called after every outer-iteration.
  ///   - opening: is told the share of the data sets that was read, where they are read for the first time.
  /// - Throws: ``ConfigurationError``, ``TrainingError`` or an error of a file where the run cannot begin or go on.
  package init(
    configuration: Configuration, kernels: Kernels, console: Logger, stop: StopFlag = StopFlag(),
    progress: @escaping @Sendable (OuterIterationReport, Status) -> Void = { _, _ in },
    opening: (Double) -> Void = { _ in }
  ) throws {
    var configuration = configuration
    self.console = console
    self.progress = progress
    control = RunControl(stop: stop)
    let key = try configuration.signingKey()
    // What cannot begin leaves no folder.
    let isNew = !FileManager.default.fileExists(atPath: configuration.state)
    let start = isNew ? try Self.startingPoint(configuration) : nil
    let folder = StateFolder(configuration.stateFolder)
    let lock = try StateLock(state: folder.url)
    let datasets = try Self.open(
      configuration, verification: ShardVerification(memoryIn: folder.url), stop: stop, opening: opening)
    steps = StepCounter()
    tasks = try DatasetTaskDistribution(configuration, datasets: datasets, kernels: kernels, counter: steps)
    let states = try StateStore(creatingIn: folder)
    let restored = try states.restore { console.error("refused: \($0)") }
    let given = configuration
    if let restored { configuration = given.keeping(restored.configuration) }
    self.configuration = configuration
    for kept in try ConfigurationChange.differences(from: given, to: configuration) {
      console.notice("as in the state, as the configuration does not give it: \(kept.key) is \(kept.new)")
    }
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
    evaluation = try Self.evaluation(
      configuration, tasks, threads: threads, kernels: kernels, verification: ShardVerification(memoryIn: folder.url),
      stop: stop, opening: opening)
    recorder = try RunRecorder(
      configuration, folder, lock: lock, states: states, learner: learner, tasks: tasks,
      digests: datasets.map(\.manifestDigest),
      rows: evaluation?.suite == nil ? [] : evaluation?.problems ?? [], key: key, console: console)
    let names = tasks.problems.map(\.name).joined(separator: ", ")
    sayWhatIsOfAProblem()
    sayWhatIsEvaluated()
    console.info(
      "training \(names) from outer-iteration \(state.outerIteration), \(threads) threads, \(kernels.title)")
    try recorder.writeState()
    if try snapshots.highestStep() == nil { try recorder.snapshotIfHigher() }
  }

  /// The status of the run now.
  package var status: Status {
    var status = recorder.status
    status.isPaused = control.isPaused
    status.evaluationSplit = evaluation?.split.rawValue
    status.evaluationSuite = evaluation?.suite
    return status
  }

  /// The snapshots of the run.
  package var snapshots: SnapshotStore { recorder.snapshots }
  /// The rows of the log for drawing.
  package var history: TrainingHistory { recorder.history }
  /// The alarms that stand.
  package var alarms: Alarms { recorder.alarms }

  /// The names of the inner problems.
  package var problems: [String] { tasks.problems.map(\.name) }

  /// Trains until stopped or until the configured number of outer-iterations is done; the calling thread waits. The
  /// state is durable when it returns.
  /// - Throws: an error of the data sets, or of a file that could not be written at the end.
  package func run() throws {
    do { try train() } catch {
      // For example a data set that is gone: what was trained is kept.
      do { try recorder.writeState() } catch { console.error("the last state could not be written: \(error)") }
      throw error
    }
  }

  private func train() throws {
    let timer = RepeatingTimer(
      named: "state-timer", every: { [recorder] in recorder.settings.withLock { $0.everySeconds } }
    ) { [recorder] in
      recorder.alarming(about: .state) { try recorder.unlessDiskIsNearlyFull { try recorder.writeState() } }
    }
    defer { timer.stop() }
    defer { learner.endThreads() }
    var lastSnapshot = ContinuousClock.now
    while control.waitWhilePaused(whenPausing: pausing) {
      try evaluateIfDue()
      guard learner.currentState().outerIteration < configuration.outerIterations ?? .max else { break }
      let started = ContinuousClock.now
      guard let report = try learner.outerIteration(stop: control.interruption) else { continue }
      progress(report, recorder.record(report, took: ContinuousClock.now - started))
      if ContinuousClock.now - lastSnapshot >= .seconds(recorder.settings.withLock { $0.everySeconds }) {
        if !recorder.isLost {
          recorder.alarming(about: .snapshot) {
            try recorder.unlessDiskIsNearlyFull { try recorder.snapshotIfHigher() }
          }
        }
        lastSnapshot = .now
      }
    }
    let state = try recorder.writeState()
    if control.isStopped {
      if !recorder.isLost {
        recorder.alarming(about: .snapshot) {
          try recorder.unlessDiskIsNearlyFull { try recorder.snapshotIfHigher(of: state) }
        }
      }
    } else {
      try recorder.snapshotIfHigher(of: state)
    }
    console.info("stopped after outer-iteration \(status.outerIteration)")
  }

  private func pausing() {
    learner.endThreads()
    recorder.alarming(about: .state) { try recorder.writeState() }
    console.notice("paused at outer-iteration \(status.outerIteration)")
  }
}
