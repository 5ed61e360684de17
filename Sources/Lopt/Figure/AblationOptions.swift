import ArgumentParser
import Engine
import Experiments
import Foundation
import Settings

/// The options of figures 7 and 15, which show the same runs.
struct AblationOptions: ParsableArguments {
  @OptionGroup var options: FigureOptions
  @Option(
    help: ArgumentHelp("A data set that dataprep built, with outer-validation classes.", valueName: "folder"),
    completion: .directory)
  var dataset: String
  @Option(
    help: "The inner problem, for example mlp2x32; unless given, the first that takes the data set's images.",
    completion: .list(InnerProblems.listed))
  var problem: String?

  func run(_ view: Ablation.View) throws {
    var settings = Ablation.Settings(options.figureScale)
    settings.seed = options.seed
    try options.run(
      Ablation(settings, view: view, dataset: URL(filePath: dataset), problem: problem, kernels: .chosen()))
  }
}
