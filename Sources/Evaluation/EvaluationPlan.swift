package import Engine
package import Shards

/// What an evaluation trains: the same tasks from the same initialisations over the same minibatches with every
/// optimizer.
package struct EvaluationPlan: Codable, Sendable, Equatable {
  package var problem: String
  package var split: ClassSplit
  package var tasks: Int
  package var initialisations: Int
  /// Inner steps of each training run.
  package var steps: Int
  package var batch: Int
  package var seed: UInt64
  package var tunedFor: Objective
  /// Random trials of each baseline's hyperparameters, besides the grid of learning rates; nil: none.
  package var trials: Int?
  /// The tasks, from one initialisation each, that all candidates for a baseline's hyperparameters are compared on
  /// before the best ``finalists`` are compared on everything; nil: all candidates are compared on everything.
  package var screen: Int?
  /// How many learning rates a baseline's grid begins with, around 0.01; nil: those from 10⁻⁵ to 1.
  package var grid: Int?
  /// How many steps are done, ascending from 0 to ``steps``, where the validation loss is measured besides at the end;
  /// nil: nowhere.
  package var looks: [Int]?

  /// The fewest trials of a random search: so many miss a twentieth of the ranges in 0.6 % of searches.
  package static let fewestTrials = 100
  /// The fewest learning rates that a grid begins with.
  package static let fewestRates = 3
  /// The screening's tasks of a random search, unless asked for others.
  package static let searchScreen = 4
  /// What is left of a baseline's candidates after the screening.
  static let finalists = 3

  package init(
    problem: String, split: ClassSplit, tasks: Int, initialisations: Int, steps: Int, batch: Int, seed: UInt64,
    tunedFor: Objective, trials: Int? = nil, screen: Int? = nil, grid: Int? = nil, looks: [Int]? = nil
  ) {
    self.problem = problem
    self.split = split
    self.tasks = tasks
    self.initialisations = initialisations
    self.steps = steps
    self.batch = batch
    self.seed = seed
    self.tunedFor = tunedFor
    self.trials = trials
    self.screen = screen
    self.grid = grid
    self.looks = looks
  }

  /// The steps whose minibatch losses make the training loss: the last tenth.
  package var tail: Int { max(1, steps / 10) }

  /// The learning rates that a baseline's grid begins with: 10^(k/3), by k.
  var firstGrid: ClosedRange<Int> {
    guard let grid else { return Contender.firstGrid }
    let lowest = -6 - (grid - 1) / 2
    return lowest...(lowest + grid - 1)
  }

  /// The training runs of a contender whose result is told.
  var everything: RunSet { RunSet(tasks: tasks, initialisations: initialisations) }
  /// Those by which candidates become finalists; nil where all candidates do everything.
  var screening: RunSet? { screen.map { RunSet(tasks: min($0, tasks), initialisations: 1) } }

  /// One line that says what was run.
  package var summary: String {
    let tuned = trials == nil ? "rates" : "hyperparameters"
    let grid = grid.map { "a grid of \($0) rates" }
    let search =
      trials.map { " by \(grid ?? "a grid of rates") and \($0) random trials" } ?? grid.map { " by \($0)" } ?? ""
    let screened = screening.map { ", screened on \($0.tasks) × \($0.initialisations)" } ?? ""
    return "\(problem), \(tasks) tasks of \(split.rawValue) × \(initialisations), \(steps) steps, batch \(batch), "
      + "\(tuned) tuned for the \(tunedFor.rawValue) loss\(search)\(screened)"
  }
}

/// The first so many tasks of an evaluation, each from the first so many initialisations.
struct RunSet: Equatable, Sendable {
  var tasks: Int
  var initialisations: Int

  var count: Int { tasks * initialisations }

  func contains(_ key: EvaluationJournal.Key) -> Bool { key.task < tasks && key.initialisation < initialisations }

  /// A contender's runs: tasks outside, initialisations inside.
  func keys(of contender: Contender) -> [EvaluationJournal.Key] {
    (0..<tasks).flatMap { task in
      (0..<initialisations).map { EvaluationJournal.Key(contender: contender, task: task, initialisation: $0) }
    }
  }
}
