import Evaluation
import Files
package import Shards
package import Snapshots

/// Figure 1 of the paper: the training and the validation loss on classes that outer-training never saw, over wall-clock,
/// with learned optimizers and with tuned Adam, RMSProp and SGD with momentum.
///
/// The learned optimizers do a number of steps; the time that these take is the figure's range. A baseline does as many
/// steps as fit into it, and its learning rate is the best for that: all rates of the grid on a few tasks, and the best
/// three for each loss on all of them. Those train for the same time again.
package struct Figure1: Figure {
  package struct Settings: Codable, Sendable, Equatable {
    package var seed: UInt64 = 0
    /// Filled in from what the figure is made of.
    var dataset = ""
    var theta: [String] = []
    package var problem: String
    package var split: ClassSplit
    /// The learned optimizers' steps.
    package var steps: Int
    package var batch: Int
    package var tasks: Int
    package var initialisations: Int
    /// Tasks, from one initialisation each, on which all rates of the grid are compared.
    var screen = EvaluationPlan.searchScreen
    /// How many times along the range the validation loss is measured.
    var looks = 30

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

  /// A snapshot of θ.
  package struct Learned: Sendable {
    /// What an error calls it.
    package var name: String
    package var snapshot: Snapshot

    package init(_ snapshot: Snapshot, name: String) {
      self.snapshot = snapshot
      self.name = name
    }

    var objective: String { snapshot.metadata.objective }
  }

  package let name = "figure1"
  package let settings: Settings
  let dataset: Dataset
  let learned: [Learned]

  /// - Parameter learned: one, or one of the train objective and one of the validation objective.
  /// - Throws: ``ExperimentsError`` where two are of other objectives than these.
  package init(_ settings: Settings, dataset: Dataset, learned: [Learned]) throws {
    precondition(!learned.isEmpty)
    if learned.count > 1, learned.map(\.objective) != ["train", "validation"] {
      throw ExperimentsError(
        .otherObjectives,
        "\(learned[0].name) was trained for the \(learned[0].objective) objective, \(learned[1].name) for the "
          + "\(learned[1].objective) objective: give one of each, that of validation as the second")
    }
    self.dataset = dataset
    self.learned = learned
    var settings = settings
    settings.dataset = dataset.manifestDigest
    settings.theta = try learned.map { Digest.sha256(try $0.snapshot.encoded()) }
    self.settings = settings
  }

  /// The learned optimizers' runs. What the baselines' cost is known when steps have been timed.
  package var cost: Int { learned.count * settings.steps * settings.tasks * settings.initialisations }

  package func run(_ points: FigureJournal, threads: Int) throws -> FigureOutput {
    let contest = Contest(figure: self, points: points, threads: threads)
    return output(try contest.found())
  }
}
