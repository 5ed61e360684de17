package import Engine
import Evaluation
package import Foundation
package import Settings
import Shards

/// Figures 7 and 15 of the paper: what outer-training comes to by the combined estimator, by others, with truncations of
/// fixed length, and without some of the inputs.
///
/// Both show the same runs: figure 7 the outer-losses late in outer-training, a dot for each run, figure 15 their courses.
/// The outer-loss is the validation loss on tasks of `outer-validation` classes after a number of inner steps. Arms are
/// compared at equal samples, which is after as many outer-iterations, and at equal wall-clock: at the outer-iterations that each
/// does in the time that the fastest takes for all of its own.
package struct Ablation: Figure {
  /// The settings of the experiment.
  package struct Settings: Codable, Sendable, Equatable {
    /// The seed of the first run of each arm; the others follow it.
    package var seed: UInt64 = 0
    /// The SHA-256 of the data set's manifest, which the figure fills in.
    var dataset = ""
    /// The name of the inner problem, which the figure fills in.
    var problem = ""
    /// The preset of the configuration from which the runs begin.
    package var preset = Configuration.Preset.small
    /// The number of runs of each arm.
    package var seeds = 5
    /// The number of outer-iterations of each run.
    package var outerIterations = 300
    /// The number of outer-iterations between two θ that are measured.
    package var every = 50
    /// The settings of the arm ``Arm/combined``.
    package var outer = OuterSettings.small
    /// The lengths of truncations of the arms with a fixed one, ascending.
    package var lengths = [10, 50, 200]
    /// The number of tasks on which a θ is measured.
    package var tasks = 10
    /// The number of inner steps of each of these tasks.
    package var steps = 500
    /// The number of images of a minibatch.
    package var batch = 32

    /// Makes the settings of a scale.
    package init(_ scale: FigureScale) {
      if scale == .paper {
        preset = .paper
        outer = .paper
        // The workshop text has another rate for the validation objective.
        outer.learningRate = 0.0003
        (outerIterations, every, tasks, steps, batch) = (5_000, 250, 40, 10_000, 128)
        lengths = [10, 100, 1_000]
      } else {
        outer.loss = .freshBatches
        outer.freshBatches = 1
        outer.pairs = 16
        outer.sigma = 0.01
        outer.learningRate = 1e-3
        outer.average.decay = 0
        (outer.curriculum.to, outer.curriculum.over) = (100, outerIterations)
      }
      if scale == .tiny {
        (seeds, outerIterations, every, outer.pairs) = (2, 2, 1, 2)
        (tasks, steps, batch, lengths) = (1, 5, 4, [2, 3, 5])
        (outer.curriculum.from, outer.curriculum.to, outer.curriculum.over) = (2, 4, 2)
      }
      outer.estimator = .combined
      outer.objective = .validation
    }

    /// The outer-iterations at which θ is measured.
    var checkpoints: [Int] { Array(stride(from: 0, through: outerIterations, by: every)) }
  }

  /// What a figure shows of the experiment.
  package enum View: Sendable {
    /// Figure 7: the outer-losses late in outer-training.
    case distributions
    /// Figure 15: the courses.
    case courses
  }

  /// One run of outer-training: its arm, and its number among those of the arm.
  struct Training: Hashable, Sendable {
    var arm: Arm
    var number: Int

    var name: String { "\(arm.rawValue)-\(number)" }
  }

  /// The findings of all points.
  struct Found {
    /// The validation losses of each run at each checkpoint.
    var losses: [Training: [Double]]
    /// The measured seconds of an outer-iteration of each arm.
    var seconds: [Arm: Double]
  }

  /// The settings, with everything on which the points depend.
  package let settings: Settings
  /// The kernels with which the engine computes.
  package let kernels: Kernels
  /// The inner training by whose steps costs are counted.
  package let instance: InnerInstance
  let view: View
  let dataset: Dataset

  /// Makes the figure.
  /// - Parameters:
  ///   - view: what it shows.
  ///   - folder: the data set's folder.
  ///   - name: the problem's name; nil for the first that takes images of the data set's shape.
  /// - Throws: ``ExperimentsError``, `EngineError` or `ShardsError` where the data set has too few classes of the
  ///   splits `train` and `outer-validation`, or no problem fits.
  package init(
    _ settings: Settings, view: View, dataset folder: URL, problem name: String?, kernels: Kernels
  ) throws {
    precondition(settings.outerIterations.isMultiple(of: settings.every) && settings.lengths.count == 3)
    self.view = view
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

  /// The beginning of the names of its files.
  package var name: String { view == .distributions ? "figure7" : "figure15" }
  /// The beginning of the name of the file of points, which both figures share.
  package var pointsName: String { "ablation" }

  var trainings: [Training] {
    Arm.allCases.flatMap { arm in (0..<settings.seeds).map { Training(arm: arm, number: $0) } }
  }

  private func outer(_ arm: Arm) -> OuterSettings { arm.outer(settings.outer, lengths: settings.lengths) }

  /// Returns the cost of one interval of an outer-training in inner steps, where one with derivatives costs about five.
  private func costOfInterval(_ arm: Arm) -> Int {
    let outer = outer(arm)
    let usesDerivatives = [.reparameterization, .combined, .exact].contains(outer.estimator)
    let length = outer.curriculum.length(outerIteration: settings.outerIterations / 2)
    return 2 * outer.pairs * settings.every * Int(length) * (usesDerivatives ? 5 : 1)
  }

  private var costOfMeasurement: Int { settings.tasks * settings.steps }

  /// The pieces of work.
  package var work: [FigureWork] {
    let intervals = settings.checkpoints.count - 1
    return Arm.allCases.map { arm in
      FigureWork(
        "outer-training, \(arm.name(settings.lengths)), \(settings.seeds) runs",
        cost: settings.seeds * intervals * costOfInterval(arm))
    } + [
      FigureWork(
        "measuring \(settings.checkpoints.count) θ of each run on \(settings.tasks) tasks",
        cost: trainings.count * settings.checkpoints.count * costOfMeasurement)
    ]
  }

  /// Trains and measures what the journal does not have, and makes the figure.
  package func run(_ points: FigureJournal, threads: Int) throws -> FigureOutput {
    let outerTraining = OuterTraining(
      dataset: dataset, problem: settings.problem, preset: settings.preset, batch: settings.batch,
      folder: points.workspace, threads: threads, kernels: kernels)
    func run(_ training: Training) -> OuterTraining.Run {
      OuterTraining.Run(
        name: training.name, seed: settings.seed &+ UInt64(training.number), outer: outer(training.arm),
        features: training.arm.features)
    }
    // Before the rest, so that no more than they is left to chance.
    var seconds: [Arm: Double] = [:]
    for arm in Arm.allCases {
      seconds[arm] = try points.value("seconds/\(arm.rawValue)", cost: 0) {
        try outerTraining.secondsPerOuterIteration(
          run(Training(arm: arm, number: 0)), outerIterations: settings.outerIterations)
      }
    }
    var losses: [Training: [Double]] = [:]
    // Seed after seed, so that all arms have some runs first.
    for training in trainings.sorted(by: { $0.number < $1.number }) {
      losses[training] = try settings.checkpoints.map { iteration in
        let cost = costOfMeasurement + (iteration > 0 ? costOfInterval(training.arm) : 0)
        return try points.value("loss/\(training.name)/\(iteration)", cost: cost, note: training.name) {
          let theta = try outerTraining.snapshot(run(training), at: iteration)
          return try outerTraining.evaluation(
            theta, tasks: settings.tasks, steps: settings.steps, seed: settings.seed
          ).learnedLosses().validation
        }
      }
    }
    return output(Found(losses: losses, seconds: seconds))
  }
}
