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
  var plan: EvaluationOptions
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
    self.plan = EvaluationOptions(plan)
    snapshotSHA256 = snapshot
    datasetSHA256 = dataset.manifestDigest
    tasks = taskClasses.enumerated().map { Task(task: $0, classes: $1) }
    self.results = results
  }
}
