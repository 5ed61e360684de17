import ArgumentParser
import Commands
import Files
import Foundation
import Training

/// The command `lopt export-state`, which writes a run's θ to a file from which another run can start.
struct ExportStateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export-state",
    abstract: "Write what a run has learned as one file, for start_from of another run.",
    discussion: """
      The file holds θ, Adam's moments and the outer-iteration; workers begin anew where it is used. The daemon may be \
      training meanwhile. Prints the path of the file, alone, on standard output.

      Example:
        lopt export-state /var/lib/lopt --output run.safetensors
        lopt-daemon --config lopt.json --state other --set start_from=run.safetensors
      """)

  @Argument(help: ArgumentHelp("The state folder of the run.", valueName: "folder"), completion: .directory)
  var state: String

  @Option(help: ArgumentHelp("The file to write; it must not exist.", valueName: "file"), completion: .file())
  var output: String

  func run() throws {
    let file = URL(filePath: output)
    let outerIteration = try TrainingState.export(from: URL(filePath: state), to: file) { error in
      StandardError.tell("lopt: refused, the one before it is used: \(error)")
    }
    StandardError.tell("outer-iteration \(outerIteration)")
    try StandardOutput.write("\(file.path)\n")
  }
}
