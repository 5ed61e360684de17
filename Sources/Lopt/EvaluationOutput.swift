import Commands
import Engine
import Evaluation
import Files
import Shards

/// The JSON that `lopt evaluate --json` prints.
struct EvaluationOutput: Encodable {
  /// A task, as `dataprep tasks sample` lists it.
  struct Task: Encodable {
    var task: Int
    var classes: [String]
  }

  /// The plan of the evaluation, by the names of the options.
  struct Plan: Encodable {
    var problem: String
    var split: ClassSplit
    var tasks: Int
    var initialisations: Int
    var steps: Int
    var batch: Int
    var seed: UInt64
    var tune: Objective
    var search: Int?
    var screen: Int?
    var grid: Int?

    init(_ plan: EvaluationPlan) {
      problem = plan.problem
      split = plan.split
      tasks = plan.tasks
      initialisations = plan.initialisations
      steps = plan.steps
      batch = plan.batch
      seed = plan.seed
      tune = plan.tunedFor
      search = plan.trials
      screen = plan.screen
      grid = plan.grid
    }
  }

  var plan: Plan
  var snapshotSHA256: String
  /// The SHA-256 of the data set's manifest.
  var datasetSHA256: String
  var toolVersion = Files.toolVersion
  var tasks: [Task]
  var results: [EvaluationResult]

  enum CodingKeys: String, CodingKey {
    case plan
    case snapshotSHA256 = "snapshot_sha256"
    case datasetSHA256 = "dataset_sha256"
    case toolVersion = "tool_version"
    case tasks, results
  }

  init(
    _ plan: EvaluationPlan, snapshot: String, _ dataset: Dataset, _ taskClasses: [[String]],
    _ results: [EvaluationResult]
  ) {
    self.plan = Plan(plan)
    snapshotSHA256 = snapshot
    datasetSHA256 = dataset.manifestDigest
    tasks = taskClasses.enumerated().map { Task(task: $0, classes: $1) }
    self.results = results
  }
}
