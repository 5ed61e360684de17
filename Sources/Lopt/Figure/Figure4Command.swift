import ArgumentParser
import Engine
import Experiments
import Settings

/// The command `lopt figure 4`: the bias of truncation.
struct Figure4Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "4",
    abstract: "A learning rate learned with truncations of different length, and with PES.",
    discussion: """
      Adam trains a small network; what is learned is the logarithm of its learning rate.

      Example:
        lopt figure 4 --output figures
        lopt figure 4 --output figures --dataset mnist14 --problem mlp2x32
      """)

  @OptionGroup var options: FigureOptions
  @OptionGroup var tasks: FigureTaskOptions

  func run() throws {
    var settings = Figure4.Settings(options.figureScale)
    settings.seed = options.seed
    let instance = try tasks.instance(
      batch: Figure4.batch, seed: options.seed, synthetic: Figure4.syntheticInstance(seed: options.seed))
    try options.run(Figure4(settings, instance: instance, kernels: .chosen()))
  }
}
