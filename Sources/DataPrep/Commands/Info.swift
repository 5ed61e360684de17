import ArgumentParser
import Foundation
import Shards

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what a dataset holds, by its manifest.",
    discussion: """
      Example:
        dataprep info mnist14 --json
      """)

  @Argument(help: ArgumentHelp("The dataset.", valueName: "folder"))
  var folder: String

  @Flag(help: "Print JSON: images, shape ([height, width, channels]) and classes.")
  var json = false

  func run() throws {
    let url = URL(filePath: folder)
    let summary = Summary(try Manifest(in: url), in: url)
    print(json ? try JSONText.of(summary) : summary.table)
  }
}
