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
    abstract: "The outer-loss over the outer-parameters for growing unrolls, and smoothed.",
    discussion: """
      A problem of one parameter over the momentum of its optimizer, then an MLP that a snapshot's learned optimizer \
      trains: slices along the outer-gradient, in one and two dimensions, and the outer-loss over one outer-parameter, \
      raw and smoothed. The snapshot may have been trained on any inner problem.

      Example:
        lopt figure 3 --output figures --snapshot mlp2x32-train.safetensors
        lopt figure 3 --output figures --snapshot mlp2x32-train.safetensors --dataset mnist14
      """)

  @OptionGroup var options: FigureOptions
  @OptionGroup var tasks: FigureTaskOptions
  @Option(help: ArgumentHelp("The snapshot of θ.", valueName: "file"), completion: .file())
  var snapshot: String

  func run() throws {
    var settings = Figure3.Settings(options.figureScale)
    settings.seed = options.seed
    let instance = try tasks.instance(
      batch: Figure3.batch(options.figureScale), seed: options.seed,
      synthetic: Figure3.syntheticInstance(options.figureScale, seed: options.seed))
    try options.run(
      Figure3(settings, instance: instance, kernels: .chosen(), snapshot: RunnableSnapshot(at: snapshot)))
  }
}
