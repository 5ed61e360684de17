import ArgumentParser
import Engine
import Evaluation
import Experiments
import Foundation
import Settings
import Shards
import Snapshots
import Tasks

/// The command `lopt figure 1`: learned optimizers against tuned baselines by wall-clock.
struct Figure1Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "1",
    abstract: "Training and validation loss over wall-clock, learned and tuned baselines.",
    discussion: """
      The learned optimizers train for --steps; the time that this takes, by steps timed in turns on one thread, is the \
      figure's range. Adam, RMSProp and SGD with momentum train for as long, and on for the same time again, with the \
      learning rates that are best for each panel: all of a grid are compared on 4 tasks, the best three on all. What \
      the scale sets is --steps, --batch and --tasks where they are not given: those of the snapshot and 20 tasks, \
      or the paper's 10,000 steps, 128 images and 10 tasks.

      Example:
        lopt figure 1 --output figures --dataset imagenet16 --problem conv3x8@16 \\
          --snapshot train.safetensors --validation-snapshot validation.safetensors
      """)

  @OptionGroup var options: FigureOptions
  @Option(help: ArgumentHelp("The snapshot of θ.", valueName: "file"), completion: .file())
  var snapshot: String
  @Option(
    help: ArgumentHelp(
      "Another θ, of the validation objective; the first is of the train objective then.", valueName: "file"),
    completion: .file())
  var validationSnapshot: String?
  @Option(help: ArgumentHelp("The data set that dataprep built.", valueName: "folder"), completion: .directory)
  var dataset: String
  @OptionGroup var split: SplitOption
  @Option(help: "The inner problem, for example conv3x8@16.", completion: .list(InnerProblems.listed))
  var problem: String
  @Option(help: "Inner steps of the learned optimizers.")
  var steps: Int?
  @Option(help: "Images of a minibatch.")
  var batch: Int?
  @Option(help: "Tasks; `dataprep tasks sample` of the same seed lists their classes.")
  var tasks: Int?
  @Option(help: "Initialisations of each task; unless given, 3.")
  var initialisations: Int?

  func validate() throws {
    try check(steps: steps, batch: batch, tasks: tasks, initialisations: initialisations)
  }

  /// Checks numbers that were given, or that stand for those that were not.
  /// - Throws: `ValidationError` that names the option of one that is out of its range.
  private func check(steps: Int?, batch: Int?, tasks: Int?, initialisations: Int?) throws {
    let options = EvaluationOptions(tasks: tasks, initialisations: initialisations, steps: steps, batch: batch)
    if let fault = options.fault(prefix: "--") { throw ValidationError(fault) }
  }

  func run() throws {
    let learned = try ([snapshot] + (validationSnapshot.map { [$0] } ?? [])).map { try RunnableSnapshot(at: $0) }
    let data = try Dataset(at: URL(filePath: dataset))
    let metadata = learned[0].metadata
    let ofScale =
      switch options.figureScale {
      case .tiny: (steps: 10, batch: 4, tasks: 2, initialisations: 1)
      case .small: (steps: metadata.steps, batch: metadata.batch, tasks: 20, initialisations: 3)
      case .paper: (steps: 10_000, batch: 128, tasks: 10, initialisations: 3)
      }
    var settings = Figure1.Settings(
      problem: problem, split: split.of(data), steps: steps ?? ofScale.steps, batch: batch ?? ofScale.batch,
      tasks: tasks ?? ofScale.tasks, initialisations: initialisations ?? ofScale.initialisations, seed: options.seed)
    try check(
      steps: settings.steps, batch: settings.batch, tasks: settings.tasks, initialisations: settings.initialisations)
    if options.figureScale == .tiny { settings.looks = 2 }
    try options.run(Figure1(settings, dataset: data, learned: learned, kernels: .chosen()))
  }
}
