import ArgumentParser
import Engine
import Files
import Foundation
import Settings
import Snapshots
import Tasks

/// The command `lopt apply`, which does given steps of a learned optimizer, so that another implementation can check
/// itself.
struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Apply a learned optimizer to given parameters and gradients.",
    discussion: """
      The case has the tensors parameters.NAME and gradients.NAME, those with the steps in front, and may have \
      step_scale in its metadata. The output gets parameters.NAME, momenta.NAME and second_moments.NAME after the last \
      step. \(documentationRoot)Documentation/embedding.md says how to check an implementation by it.

      Example:
        lopt apply --snapshot theta-000000120.safetensors \\
          --case case.safetensors --output result.safetensors
      """)

  @Option(help: ArgumentHelp("The snapshot of θ.", valueName: "file"), completion: .file())
  var snapshot: String

  @Option(
    name: .customLong("case"),
    help: ArgumentHelp("The parameters and gradients, a safetensors file.", valueName: "file"),
    completion: .file())
  var input: String

  @Option(help: ArgumentHelp("The safetensors file that gets the result.", valueName: "file"), completion: .file())
  var output: String

  func run() throws {
    let kernels = try Kernels.chosen()
    let snapshot = try RunnableSnapshot(at: snapshot)
    let given = try UpdateCase(Safetensors(contentsOf: URL(filePath: input)), name: input)
    try AtomicFile.write(given.result(of: snapshot, kernels: kernels).encoded(), to: URL(filePath: output))
  }
}
