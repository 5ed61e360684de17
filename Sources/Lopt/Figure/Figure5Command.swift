import ArgumentParser
import Engine
import Experiments
import Foundation
import Settings

/// The command `lopt figure 5`: the estimators' variances, and outer-training's progress.
struct Figure5Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "5",
    abstract: "Variances of outer-gradients, and performance, over outer-training.",
    discussion: """
      Trains on a data set's train classes, for both objectives and several seeds, and looks at θ along the way on its \
      outer-validation classes. The runs' states are in the output folder's points/: TensorBoard shows them. For \
      conv3x8@16 the scale small takes about half an hour on two cores; paper is for many machines.

      Example:
        lopt figure 5 --output figures --dataset imagenet16 --problem conv3x8@16
      """)

  @OptionGroup var options: FigureOptions
  @Option(
    help: ArgumentHelp("A data set that dataprep built, with outer-validation classes.", valueName: "folder"),
    completion: .directory)
  var dataset: String
  @Option(
    help: "The inner problem, for example mlp2x32; unless given, the first that takes the data set's images.",
    completion: .list(InnerProblems.listed))
  var problem: String?

  func run() throws {
    var settings = Figure5.Settings(options.figureScale)
    settings.seed = options.seed
    try options.run(Figure5(settings, dataset: URL(filePath: dataset), problem: problem, kernels: .chosen()))
  }
}
