import Commands
import Engine
import Foundation
import Logging
import Settings
import Shards
import Snapshots
import Tasks
import Training

/// One run of outer-training of figure 5, and the measurements along it.
struct OuterTraining {
  var figure: Figure5
  var training: Figure5.Training
  /// The folder in which the folder with the run's state lies.
  var folder: URL
  var threads: Int

  private var settings: Figure5.Settings { figure.settings }

  private func configuration(outerIterations: Int, seed: UInt64) throws -> Configuration {
    var configuration = Configuration(preset: settings.preset)
    configuration.datasets = [.init(path: figure.dataset.folder.standardizedFileURL.path)]
    configuration.problem = [.init(name: settings.problem)]
    configuration.state = folder.appending(path: training.name).path
    configuration.seed = seed
    configuration.threads = threads
    configuration.outerIterations = max(1, outerIterations)
    configuration.inner.batch = settings.batch
    configuration.outer = settings.outer
    configuration.outer.objective = training.objective
    if training.objective == .validation { configuration.outer.learningRate = settings.validationLearningRate }
    try configuration.validate { _ in "command line" }
    return configuration
  }

  /// Returns θ after a number of outer-iterations, and trains on where it is not there yet.
  func snapshot(at outerIteration: Int) throws -> RunnableSnapshot {
    let seed = settings.seed &+ UInt64(training.number)
    let configuration = try configuration(outerIterations: outerIteration, seed: seed)
    let store = SnapshotStore(readingFrom: configuration.stateFolder)
    let name = store.name(step: outerIteration)
    if let (_, data) = try? store.read(named: name) { return try Self.runnable(data, name) }
    var log = Logger(label: "figure5") { _ in ConsoleHandler() }
    log.logLevel = .error
    // Opening a run writes the snapshot of step 0.
    let run = try TrainingRun(configuration: configuration, kernels: figure.kernels, console: log)
    if outerIteration > 0 { try run.run() }
    return try Self.runnable(run.snapshots.read(named: name).data, name)
  }

  private static func runnable(_ data: Data, _ name: String) throws -> RunnableSnapshot {
    try RunnableSnapshot(Snapshot(data, name: name), name: name)
  }

  /// Measures the variances of outer-gradients of unrolls of `length` steps from the initialisation, with
  /// perturbations of a standard deviation.
  ///
  /// Tasks and perturbations are ones that no run was trained with, the same at every θ.
  func variance(at outerIteration: Int, length: Int, sigma: Float) throws -> EstimatorVariances {
    let theta = try snapshot(at: outerIteration).theta
    let seed = settings.seed &+ UInt64(settings.seeds)
    var configuration = try configuration(outerIterations: outerIteration, seed: seed)
    configuration.outer.sigma = sigma
    let tasks = try DatasetTaskDistribution(configuration, datasets: [figure.dataset], kernels: figure.kernels)
    return try EstimatorVariances(
      theta: theta, length: length, draws: settings.draws, outer: configuration.outer, inner: configuration.inner,
      problems: tasks.problems, tasks: tasks, seed: seed, threads: threads, kernels: figure.kernels)
  }
}
