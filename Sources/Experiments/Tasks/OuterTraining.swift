import Commands
import Engine
import Evaluation
import Foundation
import Logging
import Settings
import Shards
import Snapshots
import Tasks
import Threads
import Training

/// The outer-training of a figure: what all of its runs have in common.
struct OuterTraining: Sendable {
  var dataset: Dataset
  /// The name of the inner problem.
  var problem: String
  /// The preset of the configuration from which the runs begin.
  var preset: Configuration.Preset
  /// The number of images of a minibatch.
  var batch: Int
  /// The folder in which the runs' folders lie.
  var folder: URL
  var threads: Int
  var kernels: Kernels

  /// One run of outer-training, whose state lies in a folder of its own, so that it goes on where it was.
  struct Run: Sendable {
    /// The name of its folder.
    var name: String
    var seed: UInt64
    var outer: OuterSettings
    /// The groups of inputs that are on.
    var features = Architecture.FeatureGroup.allCases
  }

  /// Returns the configuration of a run that is to end after a number of outer-iterations.
  func configuration(_ run: Run, outerIterations: Int) throws -> Configuration {
    var configuration = Configuration(preset: preset)
    configuration.datasets = [.init(path: dataset.folder.standardizedFileURL.path)]
    configuration.problem = [.init(name: problem)]
    configuration.state = folder.appending(path: run.name).path
    configuration.seed = run.seed
    configuration.threads = threads
    configuration.outerIterations = max(1, outerIterations)
    configuration.inner.batch = batch
    configuration.inner.optimizer.features = run.features
    configuration.outer = run.outer
    try configuration.validate { _ in "command line" }
    return configuration
  }

  /// Returns θ after a number of outer-iterations of a run, and trains on where it is not there yet.
  func snapshot(_ run: Run, at outerIteration: Int) throws -> RunnableSnapshot {
    let configuration = try configuration(run, outerIterations: outerIteration)
    let store = SnapshotStore(readingFrom: configuration.stateFolder)
    let name = store.name(step: outerIteration)
    if let (_, data) = try? store.read(named: name) { return try Self.runnable(data, name) }
    var log = Logger(label: "figure") { _ in ConsoleHandler() }
    log.logLevel = .error
    // Opening a run writes the snapshot of step 0.
    let training = try TrainingRun(configuration: configuration, kernels: kernels, console: log)
    if outerIteration > 0 { try training.run() }
    return try Self.runnable(training.snapshots.read(named: name).data, name)
  }

  private static func runnable(_ data: Data, _ name: String) throws -> RunnableSnapshot {
    try RunnableSnapshot(Snapshot(data, name: name), name: name)
  }

  /// Measures the seconds of an outer-iteration of a run, whose truncations have the length that they have in the middle of the
  /// curriculum. Nothing of the run changes.
  func secondsPerOuterIteration(_ run: Run, outerIterations: Int) throws -> Double {
    let configuration = try configuration(run, outerIterations: outerIterations)
    var outer = run.outer
    let length = Int(outer.curriculum.length(outerIteration: outerIterations / 2).rounded())
    (outer.curriculum.from, outer.curriculum.to) = (length, length)
    let tasks = try DatasetTaskDistribution(configuration, datasets: [dataset], kernels: kernels)
    let theta = configuration.inner.optimizer.initialTheta(seed: run.seed)
    let learner = Learner(
      seed: run.seed, outer: outer, inner: configuration.inner, problems: tasks.problems, tasks: tasks,
      state: LearnerState(theta: theta, workers: outer.pairs), threads: threads, kernels: kernels)
    // The first one opens what the others find open.
    let timed = 2
    _ = try learner.outerIteration(stop: StopFlag())
    let start = ContinuousClock.now
    for _ in 0..<timed { _ = try learner.outerIteration(stop: StopFlag()) }
    return (ContinuousClock.now - start) / .seconds(timed)
  }

  /// Makes an evaluation of a θ on tasks of outer-validation classes, from one initialisation each.
  func evaluation(
    _ snapshot: RunnableSnapshot, tasks: Int, steps: Int, seed: UInt64, tunedFor objective: Objective = .train
  ) throws -> Evaluation {
    let plan = EvaluationPlan(
      problem: problem, split: .outerValidation, tasks: tasks, initialisations: 1, steps: steps, batch: batch,
      seed: seed, tunedFor: objective == .train ? .train : .validation)
    return try Evaluation(
      plan, snapshot: snapshot, dataset: dataset, threads: threads, kernels: kernels, cache: folder)
  }
}
