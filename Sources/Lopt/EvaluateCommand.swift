import ArgumentParser
import Experiments
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
      learning rate is the best of a logarithmic grid, with --search also that of random trials of all its \
      hyperparameters. Interrupted, it goes on where it was. A file of --curves or --plot that is there already is \
      replaced. Documentation/evaluation.md says what the numbers mean.

      Examples:
        lopt evaluate --snapshot theta-000000120.safetensors --dataset mnist14 \\
          --problem mlp2x32 --tasks 4 --steps 200 \\
          --curves curves.csv --plot curves.svg
        lopt evaluate --snapshot theta-000000120.safetensors --dataset mnist14 \\
          --problem mlp2x32 --tasks 20 --initialisations 3 --steps 500 --search 100
      """)

  @Option(help: ArgumentHelp("The snapshot of θ.", valueName: "file"))
  var snapshot: String
  @Option(help: ArgumentHelp("The data set that dataprep built.", valueName: "folder"))
  var dataset: String
  @OptionGroup var split: SplitOption
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
  @Option(
    help: ArgumentHelp(
      "Besides the grid, random trials of each baseline's hyperparameters: at least \(EvaluationPlan.fewestTrials).",
      valueName: "trials"))
  var search: Int?
  @Option(
    help: ArgumentHelp(
      "Compare all candidates for a baseline's hyperparameters on so many tasks from one initialisation, and only the "
        + "best three on everything; unless given \(EvaluationPlan.searchScreen) with --search, else all are compared "
        + "on everything.",
      valueName: "tasks"))
  var screen: Int?
  @Option(
    help: ArgumentHelp(
      "Begin a baseline's grid with so many learning rates around 0.01, at least \(EvaluationPlan.fewestRates); unless "
        + "given with 16 from 0.00001 to 1. It widens while the best is at an end.",
      valueName: "rates"))
  var grid: Int?
  @Option(help: ArgumentHelp("Write the training losses over steps and time as CSV.", valueName: "file"))
  var curves: String?
  @Option(help: ArgumentHelp("Draw them as SVG with gnuplot.", valueName: "file"))
  var plot: String?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard tasks > 0, steps > 0, initialisations > 0, batch ?? 1 > 0 else {
      throw ValidationError("--tasks, --steps, --batch and --initialisations must be above 0")
    }
    guard screen ?? 1 > 0 else { throw ValidationError("--screen must be above 0") }
    guard grid ?? EvaluationPlan.fewestRates >= EvaluationPlan.fewestRates else {
      throw ValidationError("--grid must be at least \(EvaluationPlan.fewestRates)")
    }
    guard search ?? EvaluationPlan.fewestTrials >= EvaluationPlan.fewestTrials else {
      throw ValidationError(
        "--search must be at least \(EvaluationPlan.fewestTrials): fewer random trials too often miss the best "
          + "twentieth of the ranges altogether (100 do in 0.6 % of searches, 50 in 8 %)")
    }
    guard EvaluationPlan.Tuning(rawValue: tune) != nil else {
      throw ValidationError("--tune must be train or validation")
    }
  }

  func run() throws {
    let curves = curves.map { URL(filePath: $0) }
    let plot = plot.map { URL(filePath: $0) }
    for file in [curves, plot] { if let file { try AtomicFile.requireWritable(file) } }
    if plot != nil { try Plot.requireGnuplot() }
    let loaded = try Snapshot(contentsOf: URL(filePath: snapshot))
    let data = try Dataset(at: URL(filePath: dataset))
    let plan = EvaluationPlan(
      problem: problem, split: split.of(data), tasks: tasks, initialisations: initialisations, steps: steps,
      batch: batch ?? loaded.metadata.batch, seed: seed,
      tunedFor: .init(rawValue: tune) ?? .train, trials: search,
      screen: screen ?? (search == nil ? nil : EvaluationPlan.searchScreen), grid: grid)
    let evaluation = try Evaluation(
      plan, snapshot: loaded, name: snapshot, dataset: data,
      threads: SystemCall.processorCount, cache: UserFolders.cache.appending(path: "evaluations"))
    let report = try evaluation.report()
    if let curves { try report.curves.write(csv: curves) }
    if let plot { try Plot(report.curves).write(svg: plot) }
    if json {
      let output = EvaluationOutput(
        plan, snapshot: try Digest.sha256(fileAt: URL(filePath: snapshot)), data, evaluation.taskClasses,
        report.results)
      try JSONText.print(output)
    } else {
      print(EvaluationTable(plan: plan, results: report.results))
    }
    evaluation.forget()
  }
}
