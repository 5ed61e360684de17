package import Engine
import Evaluation
import Files
package import Shards
import Snapshots
package import Tasks

/// Figure 1 of the paper: the training and the validation loss on classes that outer-training never saw, over
/// wall-clock, with learned optimizers and with tuned Adam, RMSProp and SGD with momentum.
///
/// The learned optimizers do a number of steps; the time that these take is the figure's range. A baseline does as many
/// steps as fit into it, and its learning rate is the best for that. All rates of the grid are tried on a few tasks,
/// and the best three for each loss on all of them. Those train for the same time again. So the best step scale of each
/// learned optimizer is looked for, beside the scale 1.
package struct Figure1: Figure {
  /// The settings of figure 1.
  package struct Settings: Codable, Sendable, Equatable {
    /// The seed of tasks, initialisations and minibatches.
    package var seed: UInt64 = 0
    /// The SHA-256 of the data set's manifest, which the figure fills in.
    var dataset = ""
    /// The SHA-256 of each snapshot, which the figure fills in.
    var theta: [String] = []
    /// The name of the inner problem.
    package var problem: String
    /// The split of the tasks' classes.
    package var split: ClassSplit
    /// The number of inner steps of the learned optimizers' runs.
    package var steps: Int
    /// The number of images of a minibatch.
    package var batch: Int
    /// The number of tasks.
    package var tasks: Int
    /// The number of initialisations of each task.
    package var initialisations: Int
    /// The number of tasks, from one initialisation each, on which all rates of the grid are compared.
    var screen = EvaluationPlan.searchScreen
    /// The number of times along the range, besides at 0, that the validation loss is measured.
    package var looks = 30

    /// Makes settings.
    package init(
      problem: String, split: ClassSplit, steps: Int, batch: Int, tasks: Int, initialisations: Int, seed: UInt64 = 0
    ) {
      self.problem = problem
      self.split = split
      self.steps = steps
      self.batch = batch
      self.tasks = tasks
      self.initialisations = initialisations
      self.seed = seed
    }
  }

  /// The beginning of the names of its files.
  package let name = "figure1"
  /// The settings, with everything on which the points depend.
  package let settings: Settings
  /// The kernels with which the engine computes.
  package let kernels: Kernels
  /// The inner training by whose steps costs are counted.
  package let instance: InnerInstance
  let dataset: Dataset
  let learned: [RunnableSnapshot]

  /// Makes the figure.
  /// - Parameter learned: one snapshot, or one of the train objective and one of the validation objective.
  /// - Throws: ``ExperimentsError`` where two are of other objectives than these.
  package init(_ settings: Settings, dataset: Dataset, learned: [RunnableSnapshot], kernels: Kernels) throws {
    precondition(!learned.isEmpty)
    if learned.count > 1, learned.map(\.metadata.objective) != ["train", "validation"] {
      throw ExperimentsError(
        .otherObjectives,
        "\(learned[0].name) was trained for the \(learned[0].metadata.objective) objective, \(learned[1].name) for the "
          + "\(learned[1].metadata.objective) objective: give one of each, that of validation as the second")
    }
    self.dataset = dataset
    self.learned = learned
    self.kernels = kernels
    var settings = settings
    settings.dataset = dataset.manifestDigest
    settings.theta = try learned.map { Digest.sha256(try $0.snapshot.encoded()) }
    self.settings = settings
    instance = try .dataset(
      at: dataset.folder, problem: settings.problem, batch: settings.batch, split: settings.split, seed: settings.seed)
  }

  /// The learned optimizers' runs. How many steps the baselines do is known when steps have been timed, and how many
  /// are tuned when the grids have ended.
  package var work: [FigureWork] {
    [
      FigureWork(
        "the learned optimizers at scale 1; tuned ones and baselines are more, and join when steps have been timed",
        cost: learned.count * settings.steps * settings.tasks * settings.initialisations)
    ]
  }

  /// Trains everything that the journal does not have, and makes the figure.
  package func run(_ points: FigureJournal, threads: Int) throws -> FigureOutput {
    let contest = Contest(figure: self, points: points, threads: threads)
    return output(try contest.found())
  }
}
