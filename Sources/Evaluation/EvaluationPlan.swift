package import Engine
package import Shards

/// The plan of an evaluation: with every optimizer the same tasks are trained, from the same initialisations and over
/// the same minibatches.
package struct EvaluationPlan: Codable, Sendable, Equatable {
  /// The name of the inner problem.
  package var problem: String
  /// The split of the tasks' classes.
  package var split: ClassSplit
  /// The number of tasks.
  package var tasks: Int
  /// The number of initialisations of each task.
  package var initialisations: Int
  /// The number of inner steps of each training run.
  package var steps: Int
  /// The number of images of a minibatch.
  package var batch: Int
  /// The seed of tasks, initialisations and minibatches.
  package var seed: UInt64
  /// The loss that baselines are tuned for.
  package var tunedFor: Objective
  /// The number of random trials of each baseline's hyperparameters, besides the grid of learning rates; nil for none.
  package var trials: Int?
  /// The number of tasks, from one initialisation each, on which all candidates of a baseline are compared before the
  /// best ``finalists`` are compared on everything. Where it is nil, all candidates are compared on everything.
  package var screen: Int?
  /// The number of learning rates with which a baseline's grid begins, around 0.01; nil for the 16 from 10⁻⁵ to 1.
  package var grid: Int?
  /// The steps, ascending from 0 to ``steps``, after which the validation loss is measured besides at the end; nil for
  /// none.
  package var looks: [Int]?
  /// The number that multiplies the learned updates; nil for 1.
  package var stepScale: Float?
  /// Whether the best step scale of the learned optimizer is looked for, beside the scale 1; nil for no.
  package var tunesLearned: Bool?
  /// The schedules under which every optimizer is tuned and compared; nil for the constant one.
  package var schedule: ScheduleChoice?
  /// The baselines, in the order of reports; nil for ``Contender/Kind/defaultBaselines``.
  package var baselines: [Contender.Kind]?

  /// The fewest trials of a random search. With this many, 0.6 % of searches miss the best twentieth of the ranges.
  package static let fewestTrials = 100
  /// The numbers of trials that a random search may have.
  static let trialsRange = fewestTrials...100_000
  /// The fewest learning rates with which a grid begins.
  package static let fewestRates = 3
  /// The numbers of learning rates with which a grid may begin: 61 are from 10⁻¹² to 10⁸.
  static let ratesRange = fewestRates...61
  /// The numbers by which the learned updates may be multiplied.
  static let stepScaleRange: ClosedRange<Float> = 1e-6...1e6
  /// The number of tasks of a random search's screening, unless another is asked for.
  package static let searchScreen = 4
  /// The number of a baseline's candidates that are left after the screening.
  static let finalists = 3

  /// Makes a plan.
  package init(
    problem: String, split: ClassSplit, tasks: Int, initialisations: Int, steps: Int, batch: Int, seed: UInt64,
    tunedFor: Objective, trials: Int? = nil, screen: Int? = nil, grid: Int? = nil, looks: [Int]? = nil,
    stepScale: Float? = nil, tunesLearned: Bool? = nil, schedule: ScheduleChoice? = nil,
    baselines: [Contender.Kind]? = nil
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
    self.stepScale = stepScale
    self.tunesLearned = tunesLearned
    self.schedule = schedule
    self.baselines = baselines
  }

  /// The number of steps whose minibatch losses make the training loss: the last tenth, at least 1.
  package var tail: Int { max(1, steps / 10) }

  /// The exponents k of the learning rates 10^(k/3) with which a baseline's grid begins.
  var firstGrid: ClosedRange<Int> {
    guard let grid else { return Contender.firstGrid }
    let lowest = -6 - (grid - 1) / 2
    return lowest...(lowest + grid - 1)
  }

  /// The exponents k of the step scales 2^k with which the grid of the learned optimizer begins: as many as a baseline
  /// has learning rates, around the scale 1.
  var firstScales: ClosedRange<Int> {
    let lowest = -firstGrid.count / 2
    return lowest...(lowest + firstGrid.count - 1)
  }

  /// The baselines that are compared.
  package var comparedBaselines: [Contender.Kind] { baselines ?? Contender.Kind.defaultBaselines }
  /// The schedules under which every optimizer is compared.
  package var schedules: [StepSchedule] { schedule?.schedules ?? [.constant] }

  /// The training runs of a contender whose result is reported.
  var everything: RunSet { RunSet(tasks: tasks, initialisations: initialisations) }
  /// The runs by which candidates become finalists; nil where all candidates do everything.
  var screening: RunSet? { screen.map { RunSet(tasks: min($0, tasks), initialisations: 1) } }

  /// A line that says what was run.
  package var summary: String {
    let tuned = trials == nil ? "rates" : "hyperparameters"
    let grid = grid.map { "a grid of \($0) rates" }
    let search =
      trials.map { " by \(grid ?? "a grid of rates") and \($0) random trials" } ?? grid.map { " by \($0)" } ?? ""
    let scaled =
      stepScale.map { ", learned step scale \($0)" }
      ?? (tunesLearned == true ? ", learned step scale tuned by a grid of \(firstScales.count)" : "")
    let scheduled =
      switch schedule {
      case nil: ""
      case .both?: ", constant and cosine schedule"
      case let one?: ", \(one.rawValue) schedule"
      }
    let screened = screening.map { ", screened on \($0.tasks) × \($0.initialisations)" } ?? ""
    return "\(problem), \(tasks) tasks of \(split.rawValue) × \(initialisations), \(steps) steps, batch \(batch), "
      + "\(tuned) tuned for the \(tunedFor.rawValue) loss\(search)\(screened)\(scaled)\(scheduled)"
  }
}

/// The schedules that an evaluation compares optimizers under.
package enum ScheduleChoice: String, Codable, CaseIterable, Sendable {
  /// One schedule.
  case constant, cosine
  /// Each of the two.
  case both

  /// The schedules, in the order of reports.
  var schedules: [StepSchedule] {
    switch self {
    case .constant: [.constant]
    case .cosine: [.cosine]
    case .both: [.constant, .cosine]
    }
  }
}

/// The runs of the first `tasks` tasks of an evaluation, each from its first `initialisations` initialisations.
struct RunSet: Equatable, Sendable {
  var tasks: Int
  var initialisations: Int

  /// The number of runs.
  var count: Int { tasks * initialisations }

  /// Returns whether a run is one of these.
  func contains(_ key: EvaluationJournal.Key) -> Bool { key.task < tasks && key.initialisation < initialisations }

  /// Returns the keys of a contender's runs: tasks outside, initialisations inside.
  func keys(of contender: Contender) -> [EvaluationJournal.Key] {
    (0..<tasks).flatMap { task in
      (0..<initialisations).map { EvaluationJournal.Key(contender: contender, task: task, initialisation: $0) }
    }
  }
}
