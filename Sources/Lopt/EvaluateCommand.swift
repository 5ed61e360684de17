import ArgumentParser
import Engine
import Foundation
import Shards
import Snapshots
import Support
import Training

/// `lopt evaluate`: the learned optimizer against tuned baselines.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Train tasks with a learned optimizer and with tuned Adam, RMSProp and SGD with momentum.",
    discussion: """
      Every optimizer trains the same tasks from the same initialisations over the same minibatches; a baseline's \
      learning rate is the best of a logarithmic grid. Interrupted, it goes on where it was.

      Example:
        lopt evaluate --snapshot theta-000000120.safetensors --dataset mnist14 \\
          --problem mlp2x32 --tasks 4 --steps 200
      """)

  @Option(help: ArgumentHelp("The snapshot of θ.", valueName: "file"))
  var snapshot: String
  @Option(help: ArgumentHelp("The data set that dataprep built.", valueName: "folder"))
  var dataset: String
  @Option(help: "train, outer-validation or held-out; unless given held-out where there is any, else train.")
  var split: String?
  @Option(help: "The inner problem, for example mlp2x32.")
  var problem: String
  @Option(help: "Tasks; `dataprep tasks sample` of the same seed lists their classes.")
  var tasks: Int
  @Option(help: "Inner steps of each training run.")
  var steps: Int
  @Option(help: "Images of a minibatch; unless given that of the snapshot.")
  var batch: Int?
  @Option(help: "Initialisations of each task.")
  var initialisations = 1
  @Option(help: "The seed of tasks, initialisations and minibatches.")
  var seed: UInt64 = 0
  @Option(help: "The loss for which the learning rates are chosen: train or validation.")
  var tune = "train"
  @Flag(help: "Print JSON.")
  var json = false

  /// What `--json` prints.
  private struct Report: Encodable {
    /// As `dataprep tasks sample` lists it.
    struct Task: Encodable {
      var task: Int
      var classes: [String]
    }

    var tasks: [Task]
    var results: [EvaluationResult]

    init(_ taskClasses: [[String]], _ results: [EvaluationResult]) {
      tasks = taskClasses.enumerated().map { Task(task: $0, classes: $1) }
      self.results = results
    }
  }

  func validate() throws {
    guard tasks > 0, steps > 0, initialisations > 0, batch ?? 1 > 0 else {
      throw ValidationError("--tasks, --steps, --batch and --initialisations must be above 0")
    }
    guard split.map({ ClassSplit(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("--split must be train, outer-validation or held-out")
    }
    guard EvaluationPlan.Tuning(rawValue: tune) != nil else {
      throw ValidationError("--tune must be train or validation")
    }
  }

  func run() throws {
    let loaded = try Snapshot(contentsOf: URL(filePath: snapshot))
    let data = try Dataset(at: URL(filePath: dataset))
    let hasHeldOut = data.manifest.classes.contains { $0.split == .heldOut }
    let plan = EvaluationPlan(
      problem: problem, split: split.flatMap { ClassSplit(rawValue: $0) } ?? (hasHeldOut ? .heldOut : .train),
      tasks: tasks, initialisations: initialisations, steps: steps, batch: batch ?? loaded.metadata.batch, seed: seed,
      tunedFor: .init(rawValue: tune) ?? .train)
    let cache = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask)[0]
      .appending(path: "lopt/evaluations")
    let evaluation = try Evaluation(
      plan, snapshot: loaded, name: snapshot, dataset: data,
      threads: ProcessInfo.processInfo.activeProcessorCount, cache: cache)
    let results = try evaluation.run()
    if json {
      print(
        String(decoding: try AtomicFile.json(Report(evaluation.taskClasses, results)), as: UTF8.self), terminator: "")
    } else {
      print(EvaluationTable(plan: plan, results: results))
    }
  }
}

/// The results as lines of text.
struct EvaluationTable: CustomStringConvertible {
  var plan: EvaluationPlan
  var results: [EvaluationResult]

  var description: String {
    let title =
      "\(plan.problem), \(plan.tasks) tasks of \(plan.split.rawValue) × \(plan.initialisations), "
      + "\(plan.steps) steps, batch \(plan.batch), rates tuned for the \(plan.tunedFor.rawValue) loss"
    let header = [
      "optimizer", "rate", "train", "validation", "accuracy", "ratio to best baseline", "s/1000 steps",
      "steps to Adam's",
    ]
    let rows = results.map { result in
      [
        result.optimizer, result.learningRate.map { String(format: "%.2g", Double($0)) } ?? "–",
        String(format: "%.4f", result.trainLoss), String(format: "%.4f", result.validationLoss),
        String(format: "%.1f %%", 100 * result.validationAccuracy),
        String(format: "%.3f … %.3f", result.ratioInterval[0], result.ratioInterval[1]),
        String(format: "%.3f", result.secondsPer1000Steps), result.stepsToAdamLoss.map { String($0) } ?? "never",
      ]
    }
    return "\(title)\n\(TextTable(header: header, rows: rows))"
  }
}
