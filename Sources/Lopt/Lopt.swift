import ArgumentParser
import Commands
import Files

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
      ApplyCommand.self, BenchCommand.self, DescribeCommand.self, EvaluateCommand.self, ExportStateCommand.self,
      FigureCommand.self,
      LayoutCommand.self, OuterGradientCommand.self, SuiteCommand.self, TrainCommand.self,
    ],
    groupedSubcommands: [
      CommandGroup(
        name: "Snapshots",
        subcommands: [FetchCommand.self, KeyCommand.self, ListCommand.self, VerifyCommand.self]),
      CommandGroup(
        name: "A running daemon",
        subcommands: [
          PauseCommand.self, PinCommand.self, ResumeCommand.self, SnapshotCommand.self, StatusCommand.self,
          UnpinCommand.self,
        ]),
    ])

  static func main() async {
    await runTool(named: "lopt")
  }
}
