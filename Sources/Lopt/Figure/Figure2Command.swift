import ArgumentParser
import Commands
import Experiments
import Foundation

/// The command `lopt figure 2`: the schematic of unrolled optimization.
struct Figure2Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "2",
    abstract: "The schematic of unrolled optimization, and the table of its terms.",
    discussion: """
      It is drawn at once: nothing is computed.

      Example:
        lopt figure 2 --output figures
      """)

  @Option(help: ArgumentHelp("The folder that gets the files.", valueName: "folder"), completion: .directory)
  var output: String

  func run() throws {
    for file in try Figure2(output: URL(filePath: output)).run() { try StandardOutput.write("\(file.path)\n") }
  }
}
