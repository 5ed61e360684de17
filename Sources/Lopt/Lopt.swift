import ArgumentParser
import Support

/// The `lopt` command.
@main
struct Lopt: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lopt",
    abstract: "Learned optimizers: train them, fetch them, evaluate them.",
    discussion: """
      Example:
        lopt fetch latest --output .
      """,
    version: toolVersion,
    subcommands: [
      BenchCommand.self, EvaluateCommand.self, ExportStateCommand.self, FetchCommand.self, FigureCommand.self,
      LayoutCommand.self, OuterGradientCommand.self, TrainCommand.self,
    ])

  static func main() async {
    await runTool(named: "lopt")
  }
}
