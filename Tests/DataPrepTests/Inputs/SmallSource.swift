import Foundation
import TestSupport
import Testing

@testable import DataPrep

/// A source of few images, as other people's programs write it: see Tools/Readers/make_source.py.
enum SmallSource: String, CaseIterable, CustomTestStringConvertible {
  case imagenetTar = "imagenet-tar"
  case imagenetTars = "imagenet-tars"
  case imagenetFolders = "imagenet-folders"
  case folder
  case imagenet32
  case imagenet32Deflated = "imagenet32-deflated"
  case cifar10, cifar100, mnist
  /// The tar of tars, read as a pipe is.
  case imagenetPipe = "imagenet-pipe"

  var testDescription: String { rawValue }

  /// The kind that make_source.py knows.
  private var kind: String { self == .imagenetPipe ? Self.imagenetTar.rawValue : rawValue }
  /// Whether there are files that end too early where they are cut.
  var isCuttable: Bool { self != .folder && self != .imagenetFolders }

  /// Whether its images are files to be decoded.
  var isOfFiles: Bool { options[1] == "imagenet" || options[1] == "folder" }

  /// Makes the files in a new folder.
  func make(in folder: URL, classes: Int = 4, images: Int = 12) throws {
    if self == .mnist {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      return try SmallMNIST().write(to: folder)
    }
    let script = Repository.root.appending(path: "Tools/Readers/make_source.py")
    _ = try Python.run(script: script, arguments: [kind, folder.path, "\(classes)", "\(images)"])
  }

  /// What `--input` is.
  func input(_ folder: URL) -> String {
    self == .imagenetTar || self == .imagenetPipe ? folder.appending(path: "train.tar").path : folder.path
  }

  /// What `--source` and `--size` are.
  var options: [String] {
    let kind =
      switch self {
      case .imagenetTar, .imagenetTars, .imagenetFolders, .imagenetPipe: "imagenet"
      case .imagenet32, .imagenet32Deflated: "imagenet32"
      default: rawValue
      }
    return ["--source", kind, "--size", self == .mnist ? "28" : "32"]
  }

  func open(_ folder: URL) throws -> any ImageSource {
    let input = input(folder)
    switch self {
    case .imagenetTar, .imagenetTars, .imagenetFolders: return try ImageNet.open([input])
    case .imagenetPipe: return ImageNetStreamSource(path: input)
    case .folder: return try ClassFolders.open([input])
    case .imagenet32, .imagenet32Deflated:
      return try ImageNet32.open([input], size: 32, classes: nil, scratch: folder)
    case .mnist: return try MNIST.open(in: input, size: 28, scratch: folder)
    case .cifar10: return try CIFAR.cifar10.open(in: input, scratch: folder)
    case .cifar100: return try CIFAR.cifar100.open(in: input, scratch: folder)
    }
  }

  /// The files of it, in order.
  static func files(_ folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { folder.appending(path: $0) }
  }
}

/// What a source handed over of one class.
struct ReadClass: Equatable {
  struct Image: Equatable {
    var name: String
    var content: SourceImage.Content
  }

  var imageClass: SourceClass
  var images: [Image] = []
}

extension ImageSource {
  /// Everything that it hands over.
  func readAll(after finished: Int = 0) throws -> [ReadClass] {
    var classes: [ReadClass] = []
    _ = try read(after: finished) { event in
      switch event {
      case .begin(let imageClass): classes.append(ReadClass(imageClass: imageClass))
      case .leftOut: break
      case .image(let image):
        classes[classes.count - 1].images.append(ReadClass.Image(name: image.name, content: image.content))
      }
    }
    return classes
  }
}
