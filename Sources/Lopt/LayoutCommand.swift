import ArgumentParser
import Commands
import Engine
import Files
import Foundation

/// The command `lopt layout`, which prints where each tensor lies in the flat vectors.
struct LayoutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layout",
    abstract: "Print the names, shapes and offsets of the tensors in theta and inner.",
    discussion: """
      Vectors are flat, tensors row-major: weights are [in, out] and [height, width, in, out]. theta is that of the \
      paper's architecture; no option of the update changes it.

      Example:
        lopt layout --problem mlp2x32
      """)

  @Option(help: "The inner problem, for example mlp2x32.", completion: .list(InnerProblems.listed))
  var problem: String

  @Flag(help: "Print JSON.")
  var json = false

  private struct Layouts: Encodable {
    var problem: String
    var theta: ParameterLayout
    var inner: ParameterLayout
  }

  func run() throws {
    let problem = try InnerProblems.named(problem)
    let layouts = Layouts(problem: problem.name, theta: Architecture().layout, inner: problem.layout)
    if json {
      try JSONText.print(layouts)
    } else {
      try Self.printTable("theta", layouts.theta)
      try Self.printTable("inner", layouts.inner)
    }
  }

  private static func printTable(_ name: String, _ layout: ParameterLayout) throws {
    try StandardOutput.print("\(name): \(layout.count) numbers")
    try StandardOutput.print(
      TextTable(
        header: ["  tensor", "shape", "begins at"],
        rows: layout.tensors.map { ["  \($0.name)", "\($0.shape)", "\($0.offset)"] }))
  }
}
