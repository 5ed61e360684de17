import ArgumentParser
import Commands
import Files
import Foundation
import Shards
import Threads

/// The command `dataprep build`.
struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a dataset from a source's files.", subcommands: [BuildShards.self])
}

/// The command `dataprep build shards`.
struct BuildShards: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shards",
    abstract: "Makes a dataset folder of LMDB shards.",
    discussion: """
      While it is made the folder is called OUTPUT.partial. A build that was stopped
      goes on after its last finished shard when it is started again with the same
      arguments; the same input gives the same files.

      Examples:
        dataprep build shards --source imagenet --input ILSVRC2012_img_train.tar \\
          --size 32 --held-out 300 --output imagenet32
        curl URL | dataprep build shards --source imagenet --input - \\
          --size 32 --output imagenet32
        dataprep build shards --source mnist --input \(documentationRoot)Examples/mnist \\
          --size 14 --output mnist14
        dataprep build shards --source folder --input pictures \\
          --size 16 --grey --output pictures16
      """)

  @OptionGroup(title: "Source")
  var source: SourceOptions

  @Option(help: ArgumentHelp("The folder to make; it must not exist.", valueName: "folder"), completion: .directory)
  var output: String

  @OptionGroup(title: "Images")
  var images: ImageOptions

  @OptionGroup(title: "Splits")
  var splits: SplitOptions

  @Option(help: ArgumentHelp("A shard is finished with the class with which it reaches this.", valueName: "MiB"))
  var shardMib = DatasetWriter.shardBytes >> 20

  @Option(help: ArgumentHelp("Threads that decode; as many as there are processors, if left out.", valueName: "number"))
  var threads: Int?

  @Flag(help: "Discard what a stopped build left, and start over.")
  var restart = false

  @Flag(help: "Let a stopped build go on with other options of Splits than it was begun with, but for --validation.")
  var changeSplits = false

  func validate() throws {
    guard (1...(1 << 20)).contains(shardMib) else { throw ValidationError("--shard-mib is 1 to 1048576") }
    try images.validate(for: source.source)
    guard threads.map({ (1...1024).contains($0) }) ?? true else { throw ValidationError("--threads is 1 to 1024") }
  }

  func run() throws {
    let output = URL(filePath: self.output)
    try source.checkApart(from: output)
    let lists = try source.lists()
    let heldOut = try splits.list()
    let opened = try source.open(lists, scratch: DatasetWriter.partialFolder(for: output))
    let build = ShardBuild(
      source: opened, decoding: images.decoding(size: source.size), isGrey: images.grey,
      settings: ShardBuild.Settings(
        validation: try splits.validationShare(of: opened), maxSkipped: images.skippedShare,
        shardBytes: shardMib << 20, splitting: splits.splitting(heldOut), names: lists.classNames),
      identity: BuildIdentity(
        toolVersion: toolVersion, decoderRevision: source.source.isOfFiles ? ImageDecoder.revision : nil,
        arguments: try arguments(of: opened, lists), splits: splits.arguments(heldOut),
        inputs: try Dictionary(
          opened.inputs.map { (try InputIdentity.place(of: $0), $1) }, uniquingKeysWith: { first, _ in first })),
      threads: threads ?? SystemCall.processorCount, notice: Self.notice)
    let manifest = try build.run(to: output, restart: restart, changingSplits: changeSplits)
    try StandardOutput.print(Summary(manifest, in: output).line)
  }

  /// Returns the options that decide the shards' bytes, by name, defaults included.
  private func arguments(of opened: any ImageSource, _ lists: SourceOptions.Lists) throws -> [String: String] {
    let shards = [
      "--shard-mib": "\(shardMib)", "--validation": "\(try splits.validationShare(of: opened))",
    ]
    return try [source.arguments(lists), images.arguments(for: source.source)].reduce(shards) {
      $0.merging($1) { $1 }
    }
  }

  private static func notice(_ text: String) { StandardError.tell("dataprep: \(text)") }
}
