package import Engine
import Evaluation
package import Foundation
package import Settings
import Shards
import Snapshots
import Tasks
import Training

/// Figure 5 of the paper: (a) the variance of outer-gradients over outer-training, by back-propagation, by evolution
/// strategies and combined, for unrolls of different length; (b, c) the losses of tasks of `outer-validation` classes
/// with the trained θ, for both objectives and several seeds, beside tuned Adam.
///
/// Every outer-training is a run as the daemon does it, with the combined estimator. Its folder lies beside the points,
/// so that an interrupted one goes on.
package struct Figure5: Figure {
  /// The settings of figure 5.
  package struct Settings: Codable, Sendable, Equatable {
    /// The seed of the first run of each objective; the others follow it.
    package var seed: UInt64 = 0
    /// The SHA-256 of the data set's manifest, which the figure fills in.
    var dataset = ""
    /// The name of the inner problem, which the figure fills in.
    var problem = ""
    /// The preset of the configuration from which the runs begin.
    package var preset = Configuration.Preset.small
    /// The number of runs of outer-training of each objective.
    package var seeds = 5
    /// The number of outer-iterations of each run.
    package var outerIterations = 300
    /// The number of outer-iterations between two θ that are measured.
    package var every = 50
    /// The settings of all runs, but for the objective; the learning rate is that of the train objective.
    package var outer = OuterSettings.small
    /// The outer-optimizer's learning rate in runs of the validation objective.
    package var validationLearningRate = 1e-3
    /// The number of tasks of an evaluation.
    package var tasks = 40
    /// The number of inner steps of each task of an evaluation.
    package var steps = 500
    /// The number of images of a minibatch.
    package var batch = 32
    /// The lengths of unrolls, from the initialisation, whose outer-gradients' variance is measured.
    package var lengths = [20, 100, 1_000]
    /// The standard deviations σ of the perturbations with which variances are measured; the first is the runs' own.
    package var sigmas: [Float] = [0.01, 0.1]
    /// The number of outer-gradients that are drawn for a variance.
    package var draws = 4

    /// Makes the settings of a scale.
    package init(_ scale: FigureScale) {
      guard scale == .paper else {
        outer.estimator = .combined
        outer.loss = .freshBatches
        outer.freshBatches = 1
        outer.pairs = 16
        outer.sigma = 0.01
        outer.learningRate = 1e-3
        outer.average.decay = 0
        if scale == .tiny {
          (seeds, outerIterations, every, outer.pairs) = (2, 4, 2, 2)
          (tasks, steps, batch, lengths, draws) = (2, 10, 4, [3, 10], 2)
          outer.curriculum.from = 3
        }
        (outer.curriculum.to, outer.curriculum.over) = (scale == .tiny ? 6 : 100, outerIterations)
        return
      }
      preset = .paper
      outer = .paper
      validationLearningRate = 0.0003
      seeds = 5
      outerIterations = 5_000
      every = 250
      steps = 10_000
      batch = 128
      lengths = [20, 100, 1_000, 10_000]
    }

    /// The outer-iterations at which θ is measured.
    var checkpoints: [Int] { Array(stride(from: 0, through: outerIterations, by: every)) }
  }

  /// The beginning of the names of its files.
  package let name = "figure5"
  /// The settings, with everything on which the points depend.
  package let settings: Settings
  /// The kernels with which the engine computes.
  package let kernels: Kernels
  /// The inner training by whose steps costs are counted.
  package let instance: InnerInstance
  let dataset: Dataset

  /// Makes the figure.
  /// - Parameters:
  ///   - folder: the data set's folder.
  ///   - name: the problem's name; nil for the first that takes images of the data set's shape.
  /// - Throws: ``ExperimentsError``, `EngineError` or `ShardsError` where the data set has too few classes of the
  ///   splits `train` and `outer-validation`, or no problem fits.
  package init(_ settings: Settings, dataset folder: URL, problem name: String?, kernels: Kernels) throws {
    precondition(settings.outerIterations.isMultiple(of: settings.every))
    self.kernels = kernels
    dataset = try Dataset(at: folder)
    let problem = try InnerInstance.problem(name, for: dataset)
    for split in [ClassSplit.train, .outerValidation] {
      _ = try dataset.sampleTask(split: split, classes: problem.classes, seed: settings.seed, index: 0)
    }
    var settings = settings
    settings.dataset = dataset.manifestDigest
    settings.problem = problem.name
    self.settings = settings
    instance = try .dataset(at: folder, problem: problem.name, batch: settings.batch, seed: settings.seed)
  }

  /// One run of outer-training: the objective, and its number among those of the objective.
  struct Training: Hashable, Sendable {
    var objective: Objective
    /// The number of the run, from 0.
    var number: Int

    var name: String { "\(objective.rawValue)-\(number)" }
  }

  var trainings: [Training] {
    Objective.allCases.flatMap { objective in
      (0..<settings.seeds).map { Training(objective: objective, number: $0) }
    }
  }

  /// Trains and measures what the journal does not have, and makes the figure.
  package func run(_ points: FigureJournal, threads: Int) throws -> FigureOutput {
    let outerTraining = OuterTraining(
      dataset: dataset, problem: settings.problem, preset: settings.preset, batch: settings.batch,
      folder: points.workspace, threads: threads, kernels: kernels)
    func evaluation(_ snapshot: RunnableSnapshot, tunedFor objective: Objective = .train) throws -> Evaluation {
      try outerTraining.evaluation(
        snapshot, tasks: settings.tasks, steps: settings.steps, seed: settings.seed, tunedFor: objective)
    }
    var losses: [Training: [MeanLosses]] = [:]
    for training in trainings {
      losses[training] = try settings.checkpoints.map { iteration in
        let cost = costOfEvaluation + (iteration > 0 ? costOfTraining : 0)
        return try points.value("loss/\(training.name)/\(iteration)", cost: cost, note: training.name) {
          try evaluation(outerTraining.snapshot(run(training), at: iteration)).learnedLosses()
        }
      }
    }
    let first = run(trainings[0])
    var adam: [Objective: MeanLosses] = [:]
    for objective in Objective.allCases {
      adam[objective] = try points.value("adam/\(objective.rawValue)", cost: costOfAdam, note: "Adam") {
        try evaluation(outerTraining.snapshot(first, at: 0), tunedFor: objective).adamLosses()
      }
    }
    let variances = try settings.lengths.map { length in
      try settings.sigmas.map { sigma in
        try settings.checkpoints.map { iteration in
          try points.value(
            "variance/\(sigma)/\(length)/\(iteration)", cost: costOfVariance(length), note: length.steps
          ) {
            try variance(
              outerTraining.snapshot(first, at: iteration).theta, length: length, sigma: sigma, outerTraining)
          }
        }
      }
    }
    return output(Found(losses: losses, adam: adam, variances: variances))
  }

  private func run(_ training: Training) -> OuterTraining.Run {
    var outer = settings.outer
    outer.objective = training.objective
    if training.objective == .validation { outer.learningRate = settings.validationLearningRate }
    return OuterTraining.Run(
      name: training.name, seed: settings.seed &+ UInt64(training.number), outer: outer)
  }

  /// Measures the variances of outer-gradients of unrolls of `length` steps from the initialisation, with perturbations of
  /// a standard deviation.
  ///
  /// Tasks and perturbations are ones that no run was trained with, the same at every θ.
  private func variance(
    _ theta: [Float], length: Int, sigma: Float, _ outerTraining: OuterTraining
  ) throws -> EstimatorVariances {
    var run = run(trainings[0])
    run.seed = settings.seed &+ UInt64(settings.seeds)
    run.outer.sigma = sigma
    let configuration = try outerTraining.configuration(run, outerIterations: settings.outerIterations)
    let tasks = try DatasetTaskDistribution(configuration, datasets: [dataset], kernels: kernels)
    return try EstimatorVariances(
      theta: theta, length: length, draws: settings.draws, outer: configuration.outer, inner: configuration.inner,
      problems: tasks.problems, tasks: tasks, seed: run.seed, threads: outerTraining.threads, kernels: kernels)
  }

  /// The findings of all points.
  struct Found {
    /// The losses of each run at each checkpoint.
    var losses: [Training: [MeanLosses]]
    /// The losses of Adam, tuned for each objective.
    var adam: [Objective: MeanLosses]
    /// The variances for each length and each σ at each checkpoint.
    var variances: [[[EstimatorVariances]]]
  }
}
