import ArgumentParser
import Files
import Foundation
import Shards

/// The options that say which files or folders are read, and as what.
struct SourceOptions: ParsableArguments {
  /// The kinds of source, by the words of `--source`.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case imagenet, folder, imagenet32, mnist, cifar10, cifar100

    /// Whether the source's images are files to be decoded; otherwise they are pixels.
    var isOfFiles: Bool { [.imagenet, .folder].contains(self) }
  }

  @Option(
    help: """
      What the input is. imagenet: ILSVRC2012_img_train.tar (- is standard input), a folder of its class archives, or \
      of WNID/….JPEG; folder: class/…/….jpg, .jpeg or .png; imagenet32: the .npz batches of the downsampled ImageNet; \
      mnist, cifar10, cifar100: the folder of the published files.
      """)
  var source: Kind

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The files or folders.", valueName: "path"), completion: .file())
  var input: [String]

  @Option(
    help: ArgumentHelp(
      "The side of the images. mnist: 4 to 28; cifar: 32; imagenet32: that of the files.", valueName: "pixels"))
  var size: Int

  @Option(
    help: ArgumentHelp("Lines of a label, its WordNet id and its name, for imagenet32.", valueName: "file"),
    completion: .file())
  var classes: String?

  @Option(help: ArgumentHelp("Lines of a class's id and its name.", valueName: "file"), completion: .file())
  var names: String?

  func validate() throws {
    let sizes: [Int]? =
      switch source {
      case .mnist: Array(MNIST.sizes)
      case .cifar10, .cifar100: [CIFAR.shape.height]
      case .imagenet32: ImageNet32.sizes
      case .imagenet, .folder: nil
      }
    if let sizes, !sizes.contains(size) {
      let list =
        source == .mnist
        ? "\(MNIST.sizes.lowerBound) to \(MNIST.sizes.upperBound)"
        : sizes.map(String.init).formatted(.list(type: .or, width: .standard).locale(Locale(identifier: "en")))
      throw ValidationError("--size is \(list) where --source is \(source.rawValue), not \(size)")
    }
    guard (1...1024).contains(size) else { throw ValidationError("--size is 1 to 1024, not \(size)") }
    if classes != nil, source != .imagenet32 {
      throw ValidationError("--classes belongs to --source imagenet32, whose classes have no other names")
    }
    if names != nil, [.mnist, .cifar10, .cifar100].contains(source) {
      throw ValidationError("--names does not belong to --source \(source.rawValue), whose classes have no WordNet ids")
    }
    if [.mnist, .cifar10, .cifar100].contains(source), input.count > 1 {
      throw ValidationError("--input is one folder where --source is \(source.rawValue)")
    }
  }

  /// Checks that no input lies in the folder that is emptied for the dataset, and that the dataset is not made in a
  /// folder of classes, where it would be taken for one.
  /// - Throws: ``DataPrepError`` where either is so.
  func checkApart(from output: URL) throws {
    func place(_ url: URL) -> String { url.resolvingSymlinksInPath().path + "/" }
    let partial = place(DatasetWriter.partialFolder(for: output))
    if let path = input.first(where: { place(URL(filePath: $0)).hasPrefix(partial) }) {
      throw DataPrepError(.usage, path, "lies where the dataset is made, in \(partial): choose another output")
    }
    for (index, path) in input.enumerated() {
      // Equal as text, though not the same bytes: texts are what inputs are known by.
      if let other = input[..<index].first(where: { $0 == path && !$0.utf8.elementsEqual(path.utf8) }) {
        throw DataPrepError(.usage, path, "differs from \(other) in Unicode normalisation alone: rename one of them")
      }
    }
    guard source.isOfFiles else { return }
    let parent = place(output.deletingLastPathComponent())
    if let folder = input.first(where: { parent.hasPrefix(place(URL(filePath: $0))) }) {
      throw DataPrepError(
        .usage, output.path, "lies in the input \(folder), as if it were a class: choose another output")
    }
  }

  /// The files of `--classes` and `--names`, each read once, as it may be a pipe.
  struct Lists {
    var classes: ClassList?
    var names: NameList?

    /// The names of the classes.
    var classNames: ClassNames { ClassNames(classes, names) }
  }

  /// Reads the files that options name.
  /// - Throws: ``DataPrepError``, `TextFileError` or `FileError` where one cannot be used.
  func lists() throws -> Lists {
    Lists(classes: try classes.map { try ClassList($0) }, names: try names.map { try NameList($0) })
  }

  /// Opens the source, which makes its temporary files in `scratch`.
  func open(_ lists: Lists, scratch: URL) throws -> any ImageSource {
    switch source {
    case .imagenet: try ImageNet.open(input)
    case .folder: try ClassFolders.open(input)
    case .imagenet32:
      try ImageNet32.open(input, size: size, classes: lists.classes, scratch: scratch)
    case .mnist: try MNIST.open(in: input[0], size: size, scratch: scratch)
    case .cifar10: try CIFAR.cifar10.open(in: input[0], scratch: scratch)
    case .cifar100: try CIFAR.cifar100.open(in: input[0], scratch: scratch)
    }
  }

  /// Returns the options that decide the dataset's bytes, by name.
  func arguments(_ lists: Lists) throws -> [String: String] {
    [
      "--source": source.rawValue, "--input": try input.map(InputIdentity.place).joined(separator: " "),
      "--size": "\(size)",
      "--classes": InputIdentity.ofContent(lists.classes?.sha256),
      "--names": InputIdentity.ofContent(lists.names?.sha256),
    ]
  }
}
