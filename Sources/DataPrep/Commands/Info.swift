import ArgumentParser
import Commands
import Foundation
import Shards

/// The command `dataprep info`.
struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what a dataset holds, by its manifest.",
    discussion: """
      Example:
        dataprep info mnist14 --json
      """)

  @Argument(help: ArgumentHelp("The dataset.", valueName: "folder"), completion: .directory)
  var folder: String

  @Flag(help: "Print JSON: the whole manifest, and images, the number of all images.")
  var json = false

  func run() throws {
    let url = URL(filePath: folder)
    let manifest = try Manifest(in: url)
    try StandardOutput.print(json ? try manifest.report() : Summary(manifest, in: url).table)
  }
}
