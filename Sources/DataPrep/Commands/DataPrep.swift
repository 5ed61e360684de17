import ArgumentParser
import Commands
import Files

/// The tool `dataprep`.
@main
struct DataPrep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataprep",
    abstract: "Makes datasets for outer-training, and looks into them.",
    discussion: """
      A dataset is a folder: manifest.json and LMDB shards of raw pixels.

      Example:
        dataprep build shards --source mnist --input \(documentationRoot)Examples/mnist \\
          --size 14 --output mnist14
        dataprep verify mnist14
      """,
    version: toolVersion,
    subcommands: [Build.self, Info.self, Verify.self, Tasks.self, Show.self, Export.self])

  static func main() async { await runTool(named: "dataprep") }
}
