import ArgumentParser
import Foundation
import Support

struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a dataset from a source's files.", subcommands: [BuildShards.self])
}

struct BuildShards: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shards",
    abstract: "Makes a dataset folder of LMDB shards.",
    discussion: """
      The folder has its name only once it is whole and on the disk; the same input gives the same files.

      Example:
        dataprep build shards --source mnist --input Examples/mnist \\
          --size 14 --output mnist14
      """)

  enum Source: String, ExpressibleByArgument, CaseIterable { case mnist }

  @Option(help: "What the input is. mnist: the four IDX files, plain or gzip.")
  var source: Source

  @Option(help: ArgumentHelp("The folder with the source's files.", valueName: "folder"))
  var input: String

  @Option(help: ArgumentHelp("The side of the images: 28 as they are, 14 the mean of 2×2 pixels.", valueName: "pixels"))
  var size: Int

  @Option(help: ArgumentHelp("The folder to make; it must not exist.", valueName: "folder"))
  var output: String

  func validate() throws {
    guard MNIST.sizes.contains(size) else {
      throw ValidationError("--size is 14 or 28 where --source is mnist, not \(size)")
    }
  }

  func run() throws {
    let source = try MNIST(in: URL(filePath: input))
    let progress = Support.Progress("shards", unit: "images", total: source.imageCount)
    defer { progress.finish() }
    let output = URL(filePath: self.output)
    let manifest = try source.write(to: output, size: size) { progress.advance() }
    print(Summary(manifest, in: output).line)
  }
}
