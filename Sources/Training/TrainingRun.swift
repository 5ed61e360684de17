public import Engine
import Foundation
public import Logging
import Shards
public import Snapshots
import Support
import Synchronization

/// A run of outer-training on data sets: it restores the newest state, trains, and leaves states, snapshots and a log.
///
/// One process at a time holds the lock of its state folder. A snapshot of step n appears only after a state of step n
/// is durable, so a restart is never behind what was given out; and that is durable only after the rows of the log up
/// to n are, so a restart leaves no gap in them.
public final class TrainingRun: Sendable {
  /// How far a run is.
  public struct Status: Sendable, Codable, Equatable {
    /// Outer-iterations done.
    public var outerIteration: Int
    /// Of the last outer-iteration; nil before the first of this process.
    public var outerLoss: Double?
    /// Inner steps a second in the last outer-iteration, those of both members of each pair.
    public var innerStepsPerSecond: Double?
    /// The step of the newest snapshot.
    public var snapshot: Int?
    /// Of the last evaluation; nil before the first of this process.
    public var evaluationLoss: Double?
    /// The step of the best snapshot.
    public var best: Int?
  }

  public let configuration: Configuration
  public let store: SnapshotStore
  private let lock: StateLock
  private let states: StateStore
  private let rows: TrainingLog
  private let learner: Learner
  /// Nil where there is none.
  private let evaluation: OuterEvaluation?
  private let digests: [String]
  private let tasks: DatasetTasks
  let log: Logger
  private let progress: @Sendable (OuterIterationReport, Status) -> Void
  private let stopFlag: StopFlag
  private let currentStatus: Mutex<Status>

  /// Takes the lock, opens the data sets, restores or begins the state, and writes the first snapshot.
  ///
  /// - Parameters:
  ///   - stop: ends the opening with a `CancellationError`, and ``run()`` as ``stop()`` does.
  ///   - progress: called after every outer-iteration.
  public init(
    configuration: Configuration, log: Logger, stop: StopFlag = StopFlag(),
    progress: @escaping @Sendable (OuterIterationReport, Status) -> Void = { _, _ in }
  ) throws {
    self.configuration = configuration
    self.log = log
    self.progress = progress
    stopFlag = stop
    let kernels = try InstructionSet.name()
    // What cannot begin leaves no folder.
    let isNew = !FileManager.default.fileExists(atPath: configuration.state)
    let start = isNew ? try Self.startingPoint(configuration) : nil
    lock = try StateLock(state: configuration.stateFolder)
    let datasets = try Self.open(
      configuration, verification: ShardVerification(memoryIn: configuration.stateFolder), stop: stop)
    digests = datasets.map(\.manifestDigest)
    tasks = try DatasetTasks(configuration, datasets: datasets)
    store = try SnapshotStore(creatingIn: configuration.stateFolder)
    states = try StateStore(creatingIn: configuration.stateFolder)
    let restored = try states.restore { log.error("refused: \($0)") }
    let state =
      if let restored {
        try Self.resume(restored, configuration, tasks: tasks.descriptions, log)
      } else {
        try Self.begin(start ?? Self.startingPoint(configuration), configuration)
      }
    let threads = configuration.threads > 0 ? configuration.threads : ProcessInfo.processInfo.activeProcessorCount
    learner = Learner(
      seed: configuration.seed, outer: configuration.outer, inner: configuration.inner, problems: tasks.problems,
      tasks: tasks, state: state, threads: threads)
    evaluation = try Self.evaluation(configuration, tasks, threads: threads)
    rows = try TrainingLog(in: configuration.stateFolder, resumingAt: state.outerIteration)
    currentStatus = Mutex(
      Status(
        outerIteration: state.outerIteration,
        snapshot: try store.latest(refused: { log.error("refused: \($0)") })?.step,
        best: Self.best(store, log)?.record.step))
    let names = tasks.problems.map(\.name).joined(separator: ", ")
    log.info("training \(names) from outer-iteration \(state.outerIteration), \(threads) threads, \(kernels)")
    try writeState()
    if try store.highestStep() == nil { try writeSnapshots() }
  }

  /// Validates the configuration against the data sets and the state that there is, and changes nothing.
  public static func check(_ configuration: Configuration) throws {
    _ = try InstructionSet.name()
    let tasks = try DatasetTasks(configuration, datasets: open(configuration))
    _ = try evaluation(configuration, tasks, threads: 1)
    guard let state = try StateStore.restore(in: configuration.stateFolder, refused: { _ in }) else {
      _ = try startingPoint(configuration)
      return
    }
    _ = try ConfigurationChange(
      from: state.configuration, tasks: state.tasks, to: configuration, tasks: tasks.descriptions)
  }

  private static func open(
    _ configuration: Configuration, verification: ShardVerification = .userCache, stop: StopFlag = StopFlag()
  ) throws -> [Dataset] {
    try configuration.datasets.map { entry in
      try Dataset(at: URL(filePath: entry.path), verification: verification) { _ in
        if stop.isSet { throw CancellationError() }
      }
    }
  }

  /// The state of a run that begins.
  private static func begin(_ start: LearnerState, _ configuration: Configuration) -> LearnerState {
    var state = start
    state.restartWorkers(count: configuration.outer.pairs)
    return state
  }

  private static func startingPoint(_ configuration: Configuration) throws -> LearnerState {
    let architecture = configuration.inner.optimizer
    guard let path = configuration.startFrom else {
      return LearnerState(theta: architecture.initialTheta(seed: configuration.seed), workers: 0)
    }
    let file = try Safetensors(contentsOf: URL(filePath: path))
    let found: Architecture
    let start: LearnerState
    if file.metadata["adam_steps"] != nil {
      let state = try TrainingState(file, name: path)
      found = state.configuration.inner.optimizer
      start = state.learner
    } else {
      let snapshot = try Snapshot(file, name: path)
      found = try Architecture(snapshot.metadata, name: path)
      start = LearnerState(theta: snapshot.theta, workers: 0)
    }
    var other = configuration
    other.inner.optimizer = found
    let differences = try ConfigurationChange.differences(from: other, to: configuration)
    guard differences.isEmpty else {
      throw ConfigurationError(
        "start_from: \(path) has another architecture: " + differences.map(\.description).joined(separator: ", ")
          + "; begin with one that has the same, or with none")
    }
    let count = architecture.layout.count
    guard start.theta.count == count, start.adam.first.count == count, start.adam.second.count == count else {
      throw SnapshotError(
        .damaged, "\(path): has \(start.theta.count) weights; its architecture has \(count)")
    }
    return start
  }

  /// The state of a run that goes on, perhaps under a changed configuration.
  private static func resume(
    _ restored: TrainingState, _ configuration: Configuration, tasks: [DatasetTasks.Description], _ log: Logger
  ) throws -> LearnerState {
    let change = try ConfigurationChange(
      from: restored.configuration, tasks: restored.tasks, to: configuration, tasks: tasks)
    if let path = configuration.startFrom { log.notice("start_from \(path) is not used: the state holds a run") }
    for difference in change.effective { log.notice("takes effect: \(difference)") }
    for difference in change.freshWorkers { log.notice("workers begin anew: \(difference)") }
    var state = restored.learner
    // What another estimator's samples hold is not what this one takes.
    if restored.configuration.outer.estimator != configuration.outer.estimator { state.finished = [] }
    if change.freshWorkers.isEmpty {
      state.resizeWorkers(count: configuration.outer.pairs)
    } else {
      state.restartWorkers(count: configuration.outer.pairs)
    }
    return state
  }

  public var status: Status { currentStatus.withLock { $0 } }

  /// Makes ``run()`` return at the next inner step; from any thread.
  public func stop() { stopFlag.set() }

  /// Trains until stopped or until the configured number of outer-iterations is done; the calling thread waits. When it
  /// returns the state is durable.
  public func run() throws {
    let timer = RepeatingTimer(every: configuration.snapshot.everySeconds) { [self] in
      logging("the state could not be written") { try writeState() }
    }
    timer.start()
    defer { timer.stop() }
    defer { learner.endThreads() }
    var lastSnapshot = ContinuousClock.now
    while true {
      try evaluateIfDue()
      guard !stopFlag.isSet, learner.currentState().outerIteration < configuration.outerIterations ?? .max else {
        break
      }
      let started = ContinuousClock.now
      guard let report = try learner.outerIteration(stop: stopFlag) else { break }
      record(report, took: ContinuousClock.now - started)
      if ContinuousClock.now - lastSnapshot >= .seconds(configuration.snapshot.everySeconds) {
        logging("the snapshot could not be written") { try snapshotIfHigher() }
        lastSnapshot = .now
      }
    }
    if stopFlag.isSet {
      try writeState()
    } else {
      try snapshotIfHigher()
    }
    log.info("stopped after outer-iteration \(status.outerIteration)")
  }

  /// Goes on where a file cannot be written: the disk may have room again by the next time, and if it does not, the end
  /// of the run is an error.
  private func logging(_ failure: String, _ write: () throws -> Void) {
    do { try write() } catch { log.error("\(failure): \(error)") }
  }

  private func record(_ report: OuterIterationReport, took duration: Duration) {
    let rate = Double(report.innerSteps) / max(duration / .seconds(1), 1e-9)
    logging("the log could not be written") {
      try rows.append(.outerIteration(OuterIterationRow(report, innerStepsPerSecond: rate, time: Date())))
    }
    let status = currentStatus.withLock { status in
      status.outerIteration = report.outerIteration
      status.outerLoss = report.outerLoss
      status.innerStepsPerSecond = rate
      return status
    }
    log.debug(
      "outer-iteration \(report.outerIteration): outer-loss \(report.outerLoss), \(report.innerSteps) inner steps")
    progress(report, status)
  }

  /// Evaluates θ where that is due at this outer-iteration and its row not yet in the log: a process that goes on at
  /// one may have been stopped before that.
  private func evaluateIfDue() throws {
    let state = learner.currentState()
    let step = state.outerIteration
    guard let evaluation, step > 0, step.isMultiple(of: configuration.evaluation.every), rows.evaluated != step else {
      return
    }
    // The cores are for the evaluation; what asynchronous workers were about is done again.
    learner.endThreads()
    let started = ContinuousClock.now
    guard let loss = evaluation.loss(of: state.theta(state.evaluatedKind), stop: stopFlag) else { return }
    var isBest = false
    logging("the best snapshot could not be written") { isBest = try keepIfBest(loss, of: state, by: evaluation) }
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    logging("the log could not be written") {
      try rows.append(
        .evaluation(EvaluationRow(outerIteration: step, time: Date(), loss: loss, best: isBest, seconds: seconds)))
    }
    currentStatus.withLock { status in
      status.evaluationLoss = loss
      if isBest { status.best = step }
    }
    log.info("evaluation at outer-iteration \(step): loss \(loss)\(isBest ? ", the best so far" : "")")
  }

  func snapshotIfHigher() throws {
    try writeState()
    try writeSnapshots()
  }

  private func writeState() throws {
    try states.write {
      let state = try loggedState()
      try rows.sync()
      return TrainingState(learner: state, configuration: configuration, tasks: tasks.descriptions)
    }
  }

  /// The learner's state, once its outer-iteration has its row.
  private func loggedState() throws -> LearnerState {
    while true {
      let state = learner.currentState()
      if try rows.outerIteration() >= state.outerIteration { return state }
      // θ was stepped a moment ago, and the thread that trains is writing the row.
      Thread.sleep(forTimeInterval: 0.001)
    }
  }

  /// Between outer-iterations only. After a fallback to an older state, names that were given out before are not used
  /// again.
  private func writeSnapshots() throws {
    let state = learner.currentState()
    let step = state.outerIteration
    // Who sees a θ finds its average.
    let kinds: [SnapshotKind] = state.average.isEmpty ? [.theta] : [.average, .theta]
    for kind in kinds where try store.highestStep(of: kind) ?? -1 < step {
      let metadata = SnapshotMetadata(
        configuration, problems: learner.problems.map(\.name), digests: digests, outerIteration: step,
        isAverage: kind == .average)
      let record = try store.write(Snapshot(theta: state.theta(kind), metadata: metadata))
      guard kind == .theta else { continue }
      currentStatus.withLock { $0.snapshot = record.step }
      log.info("snapshot \(record.name), outer-loss \(status.outerLoss.map { String($0) } ?? "not yet known")")
    }
  }
}
