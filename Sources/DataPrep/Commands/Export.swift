import ArgumentParser
import Commands
import Files
import Foundation
import Shards

/// The command `dataprep export`.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copies a dataset's images into files that other programs read.",
    discussion: """
      npz: numpy's archives as those of the downsampled ImageNet, train_data_batch_1.npz and val_data.npz, and \
      classes.txt, a label, id and name a line.
      png: CLASS/00000.png and so on, the validation images last.

      The folder has its name only once it is whole.

      Example:
        dataprep export imagenet32 --format npz --output imagenet32-npz
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case npz, png }

  @Argument(help: ArgumentHelp("The dataset.", valueName: "folder"), completion: .directory)
  var folder: String

  @Option(help: "What to make.")
  var format: Format

  @Option(help: ArgumentHelp("The folder to make; it must not exist.", valueName: "folder"), completion: .directory)
  var output: String

  /// The name of a file that lies in the folder until that is whole. By it, what a stopped export left is told from
  /// anything else.
  private static let mark = ".unfinished-export"

  func run() throws {
    let target = URL(filePath: output)
    let partial = try PartialFolder(for: target)
    try partial.take(mark: Self.mark)
    do {
      let dataset = try CheckedDataset.open(folder)
      let progress = Files.Progress("export", unit: "images", total: dataset.manifest.imageCount)
      defer { progress.finish() }
      switch format {
      case .npz: try NPZExport(dataset, to: partial.url).write { progress.advance() }
      case .png: try PNGExport(dataset, to: partial.url).write { progress.advance() }
      }
      try partial.publish(without: Self.mark)
      try StandardOutput.print(
        "\(target.path.printableLine): \(dataset.manifest.imageCount) images of \(dataset.manifest.shape)")
    } catch {
      partial.remove()
      throw error
    }
  }
}
