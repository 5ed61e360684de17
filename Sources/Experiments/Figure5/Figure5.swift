package import Engine
import Evaluation
package import Foundation
import Shards
import Snapshots

/// Figure 5: (a) how much outer-gradients vary over outer-training, by back-propagation, by evolution strategies and
/// combined, for unrolls of different length; (b, c) what the trained θ bring tasks of `outer-validation` classes to, for
/// both objectives and several seeds, beside tuned Adam.
///
/// Every outer-training is a run as the daemon does it, with the combined estimator, in a folder of its own beside the
/// points: an interrupted one goes on.
package struct Figure5: Figure {
  package struct Settings: Codable, Sendable, Equatable {
    package var seed: UInt64 = 0
    /// Filled in from the data set.
    var dataset = ""
    var problem = ""
    package var preset = FigureScale.small
    /// Runs of outer-training of each objective.
    package var seeds = 3
    /// Outer-iterations of each, and the distance of two at which θ is looked at.
    package var outerIterations = 300
    package var every = 50
    /// Of all runs, but for the objective; the learning rate is that of the train objective.
    package var outer = OuterSettings.small
    package var validationLearningRate = 1e-3
    /// Tasks of an evaluation, and the inner steps of each.
    package var tasks = 8
    package var steps = 500
    package var batch = 32
    /// The lengths of unrolls, from the initialisation, whose outer-gradients' variance is measured.
    package var lengths = [20, 100, 1_000]
    /// Outer-gradients that are drawn of each.
    package var draws = 4

    package init(_ scale: FigureScale) {
      guard scale == .paper else {
        outer.estimator = .combined
        outer.loss = .freshBatches
        outer.freshBatches = 1
        outer.pairs = 16
        outer.sigma = 0.01
        outer.learningRate = 1e-3
        outer.average.decay = 0
        (outer.curriculum.to, outer.curriculum.over) = (100, outerIterations)
        return
      }
      preset = .paper
      outer = .paper
      validationLearningRate = 0.0003
      seeds = 5
      outerIterations = 5_000
      every = 250
      tasks = 10
      steps = 10_000
      batch = 128
      lengths = [20, 100, 1_000, 10_000]
    }

    /// The outer-iterations at which θ is looked at.
    var checkpoints: [Int] { Array(stride(from: 0, through: outerIterations, by: every)) }
  }

  package let name = "figure5"
  package let settings: Settings
  let dataset: Dataset

  /// - Parameter problem: its name; nil: the first that takes images of the data set's shape.
  /// - Throws: where the data set has too few classes of the splits `train` and `outer-validation`, or no problem fits.
  package init(_ settings: Settings, dataset folder: URL, problem name: String?) throws {
    precondition(settings.outerIterations.isMultiple(of: settings.every))
    dataset = try Dataset(at: folder)
    let problem = try InnerInstance.problem(name, for: dataset)
    for split in [ClassSplit.train, .outerValidation] {
      _ = try dataset.sampleTask(split: split, classes: problem.classes, seed: settings.seed, index: 0)
    }
    var settings = settings
    settings.dataset = dataset.manifestDigest
    settings.problem = problem.name
    self.settings = settings
  }

  /// One run of outer-training.
  struct Training: Hashable, Sendable {
    var objective: Objective
    /// Counted from 0.
    var number: Int

    var name: String { "\(objective.rawValue)-\(number)" }
  }

  var trainings: [Training] {
    Objective.allCases.flatMap { objective in
      (0..<settings.seeds).map { Training(objective: objective, number: $0) }
    }
  }

  package func run(_ points: FigureJournal, threads: Int) throws -> FigureOutput {
    var losses: [Training: [MeanLosses]] = [:]
    for training in trainings {
      let run = OuterTraining(figure: self, training: training, folder: points.workspace, threads: threads)
      losses[training] = try settings.checkpoints.map { iteration in
        let cost = costOfEvaluation + (iteration > 0 ? costOfTraining : 0)
        return try points.value("loss/\(training.name)/\(iteration)", cost: cost, note: training.name) {
          try evaluation(run.snapshot(at: iteration), threads, points).learnedLosses()
        }
      }
    }
    let first = OuterTraining(figure: self, training: trainings[0], folder: points.workspace, threads: threads)
    var adam: [Objective: MeanLosses] = [:]
    for objective in Objective.allCases {
      adam[objective] = try points.value("adam/\(objective.rawValue)", cost: costOfAdam, note: "Adam") {
        try evaluation(first.snapshot(at: 0), threads, points, tunedFor: objective).adamLosses()
      }
    }
    let variances = try settings.lengths.map { length in
      try settings.checkpoints.map { iteration in
        try points.value("variance/\(length)/\(iteration)", cost: costOfVariance(length), note: length.steps) {
          try first.variance(at: iteration, length: length)
        }
      }
    }
    return output(Found(losses: losses, adam: adam, variances: variances))
  }

  /// What the points came to.
  struct Found {
    /// Of each run at each checkpoint.
    var losses: [Training: [MeanLosses]]
    /// Adam's, tuned for each.
    var adam: [Objective: MeanLosses]
    /// Of each length at each checkpoint.
    var variances: [[EstimatorVariances]]
  }

  private func evaluation(
    _ snapshot: Snapshot, _ threads: Int, _ points: FigureJournal, tunedFor objective: Objective = .train
  ) throws -> Evaluation {
    let plan = EvaluationPlan(
      problem: settings.problem, split: .outerValidation, tasks: settings.tasks, initialisations: 1,
      steps: settings.steps, batch: settings.batch, seed: settings.seed,
      tunedFor: objective == .train ? .train : .validation)
    return try Evaluation(
      plan, snapshot: snapshot, name: "θ of figure 5", dataset: dataset, threads: threads, cache: points.workspace)
  }
}
