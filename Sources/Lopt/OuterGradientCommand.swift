import ArgumentParser
import Engine
import Files
import Foundation
import Settings
import Snapshots
import Tasks

/// The command `lopt outer-gradient`, which computes one truncation, so that another tool can check it.
struct OuterGradientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outer-gradient",
    abstract: "Compute the outer-loss of one given truncation and its gradient.",
    discussion: """
      \(documentationRoot)Documentation/outer-gradient.md describes both files; \
      \(documentationRoot)Tools/Oracle/outer_gradient.py does the same in PyTorch.

      Example:
        lopt outer-gradient --problem mlp2x32 --case case.safetensors --output result.safetensors
      """)

  @Option(help: "The inner problem, for example mlp2x32.", completion: .list(InnerProblems.listed))
  var problem: String

  @Option(
    name: .customLong("case"), help: ArgumentHelp("The truncation, a safetensors file.", valueName: "file"),
    completion: .file())
  var input: String

  @Option(help: ArgumentHelp("The safetensors file that gets the result.", valueName: "file"), completion: .file())
  var output: String

  func run() throws {
    let kernels = try Kernels.chosen()
    let problem = try InnerProblems.named(problem)
    let file = try Safetensors(contentsOf: URL(filePath: input))
    let result = try OuterGradientCase(file, problem: problem, name: input).result(kernels: kernels)
    try AtomicFile.write(result.encoded(), to: URL(filePath: output))
  }
}
