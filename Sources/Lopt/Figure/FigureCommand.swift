import ArgumentParser
import Commands
import Engine
import Experiments
import Files
import Foundation
import Threads

/// The command `lopt figure`, which runs the paper's figures as experiments.
struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure",
    abstract: "Make a figure of the paper: data, plot and caption.",
    discussion: """
      Each leaves figureN.svg and figureN.pdf, figureN.md with the caption, what was found, whether the paper's claims \
      hold in it, and the instance next to the paper's own, and the data as CSV in the output folder, and prints their \
      paths. What it has computed it keeps in the folder's points/: interrupted, it goes on where it was; with other \
      settings it computes anew. gnuplot draws the plots.

      Example:
        lopt figure 4 --output figures --explain
        lopt figure 4 --output figures
      """,
    subcommands: [
      Figure1Command.self, Figure2Command.self, Figure3Command.self, Figure4Command.self, Figure5Command.self,
      Figure7Command.self, Figure15Command.self,
    ])
}

/// The options of every figure.
struct FigureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder that gets the files.", valueName: "folder"), completion: .directory)
  var output: String
  @Option(
    help:
      "How large an instance: tiny (seconds, a trial), small (hours on two cores) or paper (core-years, which it tells).",
    completion: .list(FigureScale.allCases.map(\.rawValue)))
  var scale = FigureScale.small.rawValue
  @Option(help: "The seed of all randomness.")
  var seed: UInt64 = 0
  @Option(help: ArgumentHelp("Threads that compute; 0: one for each core.", valueName: "number"))
  var threads = 0
  @Flag(help: "Print what will run and how long that takes here, by steps that are timed now, and run nothing.")
  var explain = false

  func validate() throws {
    guard FigureScale(rawValue: scale) != nil else { throw ValidationError("--scale must be tiny, small or paper") }
    guard (0...1024).contains(threads) else { throw ValidationError("--threads must be 0 … 1024") }
  }

  var figureScale: FigureScale { FigureScale(rawValue: scale) ?? .small }

  /// Runs the figure and prints the paths of its files, or prints what it would cost.
  func run(_ figure: some Figure) throws {
    let run = FigureRun(
      figure, output: URL(filePath: output), threads: threads, isTrial: figureScale == .tiny)
    if explain {
      let cost = try run.cost()
      try StandardOutput.write(TextTable(header: FigureCost.columns, rows: cost.rows).description + "\n")
      try StandardOutput.write("\(figure.name), scale \(scale), \(figure.instance.description): \(cost.summary).\n")
      return
    }
    if figureScale == .paper {
      StandardError.tell("\(figure.name): \(figure.instance.description): \(try run.cost().summary)")
    }
    for file in try run.run() { try StandardOutput.write("\(file.path)\n") }
  }
}

/// The options of a figure that trains an inner problem on images.
struct FigureTaskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A data set that dataprep built; unless given, images are made of the seed.", valueName: "folder"),
    completion: .directory)
  var dataset: String?
  @Option(
    help: "The inner problem, for example mlp2x32; unless given, the first that takes the data set's images.",
    completion: .list(InnerProblems.listed))
  var problem: String?

  func validate() throws {
    guard problem == nil || dataset != nil else { throw ValidationError("--problem needs --dataset") }
  }

  /// Returns the instance of the data set that was given, or else `synthetic`.
  func instance(batch: Int, seed: UInt64, synthetic: @autoclosure () -> InnerInstance) throws -> InnerInstance {
    guard let dataset else { return synthetic() }
    return try .dataset(at: URL(filePath: dataset), problem: problem, batch: batch, seed: seed)
  }
}
