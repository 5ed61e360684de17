import ArgumentParser
import Commands
import Engine
import Evaluation
import Experiments
import Files
import Foundation
import Settings
import Shards
import Snapshots
import Tasks

/// The command `lopt evaluate`, which compares the learned optimizer with tuned baselines.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Train tasks with a learned optimizer and with tuned Adam, RMSProp and SGD with momentum.",
    discussion: """
      Every optimizer trains the same tasks from the same initialisations over the same minibatches; a baseline's \
      learning rate is the best of a logarithmic grid, with --search also that of random trials of all its \
      hyperparameters. Interrupted, it goes on where it was. A file of --curves or --plot that is there already is \
      replaced. \(documentationRoot)Documentation/evaluation.md says what the numbers mean.

      Examples:
        lopt evaluate --snapshot theta-000000120.safetensors --dataset mnist14 \\
          --problem mlp2x32 --tasks 4 --steps 200 \\
          --curves curves.csv --plot curves.svg
        lopt evaluate --snapshot theta-000000120.safetensors --dataset mnist14 \\
          --problem mlp2x32 --tasks 20 --initialisations 3 --steps 500 --search 100
        lopt evaluate --snapshot theta-000000120.safetensors --dataset mnist14 \\
          --plan plan.json
        lopt evaluate --snapshot theta-000000120.safetensors --dataset mnist14 \\
          --problem mlp3x128 --tasks 4 --steps 1000 --tune-learned \\
          --schedule both --baselines adamw,nadamw,nesterov
      """)

  @Option(help: ArgumentHelp("The snapshot of θ.", valueName: "file"), completion: .file())
  var snapshot: String
  @Option(help: ArgumentHelp("The data set that dataprep built.", valueName: "folder"), completion: .directory)
  var dataset: String
  @Option(
    help: ArgumentHelp(
      "A JSON object of what is not given here of the options from --split to --baselines, by their names.",
      valueName: "file"), completion: .file())
  var plan: String?
  @OptionGroup var split: SplitOption
  @Option(help: "The inner problem, for example mlp2x32.", completion: .list(InnerProblems.listed))
  var problem: String?
  @Option(help: "Tasks; `dataprep tasks sample` of the same seed lists their classes.")
  var tasks: Int?
  @Option(help: "Inner steps of each training run.")
  var steps: Int?
  @Option(help: "Images of a minibatch; unless given that of the snapshot.")
  var batch: Int?
  @Option(help: "Initialisations of each task; unless given 1.")
  var initialisations: Int?
  @Option(help: "The seed of tasks, initialisations and minibatches; unless given 0.")
  var seed: UInt64?
  @Option(
    help: "The loss for which the learning rates are chosen: train or validation; unless given train.",
    completion: .list(["train", "validation"]))
  var tune: String?
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
  @Option(help: "A number that multiplies every update of the learned optimizer; unless given 1.")
  var stepScale: Float?
  @Flag(
    help: ArgumentHelp(
      "Look for the learned optimizer's best step scale too, on a grid of powers of 2 around 1, as many as a baseline has "
        + "learning rates. It widens likewise."))
  var tuneLearned = false
  @Option(
    help: ArgumentHelp(
      "constant, or cosine: learning rates and learned updates fall to 0 over the run; or both: every optimizer is tuned "
        + "and compared under each. Unless given constant.",
      valueName: "schedule"), completion: .list(ScheduleChoice.allCases.map(\.rawValue)))
  var schedule: String?
  @Option(
    help: ArgumentHelp(
      "The baselines, with commas between, of \(EvaluateCommand.names(Contender.Kind.baselines)); unless given "
        + "\(EvaluateCommand.names(Contender.Kind.defaultBaselines)).",
      valueName: "names"), completion: .list(Contender.Kind.baselines.map(\.rawValue)))
  var baselines: String?
  @Option(
    help: ArgumentHelp("Write the training losses over steps and time as CSV.", valueName: "file"), completion: .file())
  var curves: String?
  @Option(help: ArgumentHelp("Draw them as SVG with gnuplot.", valueName: "file"), completion: .file())
  var plot: String?
  @Flag(help: "Print JSON.")
  var json = false

  /// The options that the command line gives.
  private var options: EvaluationOptions {
    EvaluationOptions(
      problem: problem, split: split.chosen, tasks: tasks,
      initialisations: initialisations, steps: steps, batch: batch, seed: seed,
      tune: tune.flatMap { Objective(rawValue: $0) }, search: search, screen: screen, grid: grid,
      stepScale: stepScale, tuneLearned: tuneLearned ? true : nil,
      schedule: schedule.flatMap { ScheduleChoice(rawValue: $0) }, baselines: namedBaselines)
  }

  /// The baselines of `--baselines`; empty, which is refused, where a name is none of theirs.
  private var namedBaselines: [Contender.Kind]? {
    guard let names = baselines?.split(separator: ",", omittingEmptySubsequences: false) else { return nil }
    let kinds = names.compactMap { Contender.Kind(rawValue: $0.trimmingCharacters(in: .whitespaces)) }
    return kinds.count == names.count ? kinds : []
  }

  private static func names(_ kinds: [Contender.Kind]) -> String { kinds.map(\.rawValue).joined(separator: ",") }

  func validate() throws {
    if let fault = options.fault(prefix: "--") { throw ValidationError(fault) }
    if let plot, let fault = OutputFormat.fault(plot, of: "--plot", ending: "svg") { throw ValidationError(fault) }
    guard tune == nil || options.tune != nil else { throw ValidationError("--tune must be train or validation") }
    guard schedule == nil || options.schedule != nil else {
      throw ValidationError("--schedule must be constant, cosine or both")
    }
    if plan == nil { _ = try Self.required(options) }
  }

  /// Returns the options without which there is nothing to do.
  /// - Throws: `ValidationError` that names one that is missing.
  private static func required(_ options: EvaluationOptions) throws -> (problem: String, tasks: Int, steps: Int) {
    func given<Value>(_ value: Value?, _ name: String) throws -> Value {
      guard let value else { throw ValidationError("--\(name) is needed, or a --plan that has \(name)") }
      return value
    }
    return (try given(options.problem, "problem"), try given(options.tasks, "tasks"), try given(options.steps, "steps"))
  }

  func run() throws {
    let planned = try plan.map { try EvaluationOptions(planAt: URL(filePath: $0)) }
    let options = planned.map { self.options.over($0) } ?? self.options
    let (problem, tasks, steps) = try Self.required(options)
    // Each of the two may be in its range, and both together not.
    if let fault = options.fault(prefix: "--") { throw ValidationError(fault) }
    let curves = curves.map { URL(filePath: $0) }
    let plot = plot.map { URL(filePath: $0) }
    for file in [curves, plot] { if let file { try AtomicFile.requireWritable(file) } }
    if plot != nil { try Gnuplot.require() }
    let loaded = try RunnableSnapshot(at: snapshot)
    let data = try Dataset(at: URL(filePath: dataset))
    let plan = options.plan(
      problem: problem, split: SplitOption.of(data, chosen: options.split), tasks: tasks, steps: steps,
      batch: options.batch ?? loaded.metadata.batch)
    let evaluation = try Evaluation(
      plan, snapshot: loaded, dataset: data,
      threads: SystemCall.processorCount, kernels: .chosen(), cache: FinishedRuns.folder, lost: FinishedRuns.lost)
    let report = try evaluation.report()
    if let curves { try report.curves.write(csv: curves) }
    if let plot { try Plot(report.curves).write(.svg, to: plot) }
    if json {
      let output = EvaluationOutput(
        plan, snapshot: try Digest.sha256(fileAt: URL(filePath: snapshot)), data, evaluation.taskClasses,
        report.results)
      try JSONText.print(output)
    } else {
      try StandardOutput.print(EvaluationTable(plan: plan, results: report.results))
    }
    evaluation.forget()
  }
}
