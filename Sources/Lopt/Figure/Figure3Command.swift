import ArgumentParser
import Engine
import Experiments
import Foundation
import Settings
import Snapshots
import Tasks

/// The command `lopt figure 3`: jagged outer-losses.
struct Figure3Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "3",
    abstract: "The outer-loss over one outer-parameter, raw and smoothed, for growing unrolls.",
    discussion: """
      A toy problem of one dimension, and a learned optimizer: that of a snapshot, or one made by hand that trains \
      without having been trained.

      Example:
        lopt figure 3 --output figures
        lopt figure 3 --output figures --dataset mnist14 --snapshot theta-000000120.safetensors
      """)

  @OptionGroup var options: FigureOptions
  @OptionGroup var tasks: FigureTaskOptions
  @Option(help: ArgumentHelp("The snapshot of θ.", valueName: "file"), completion: .file())
  var snapshot: String?

  func run() throws {
    var settings = Figure3.Settings(options.figureScale)
    settings.seed = options.seed
    let instance = try tasks.instance(
      batch: Figure3.batch(options.figureScale), seed: options.seed,
      synthetic: Figure3.syntheticInstance(options.figureScale, seed: options.seed))
    let kernels = try Kernels.chosen()
    guard let snapshot else {
      try options.run(Figure3(settings, instance: instance, kernels: kernels))
      return
    }
    try options.run(Figure3(settings, instance: instance, kernels: kernels, snapshot: RunnableSnapshot(at: snapshot)))
  }
}
