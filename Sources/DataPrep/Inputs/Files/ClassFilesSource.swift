import Files
import Foundation
import Shards

/// A class of picture files that is known before anything is read.
struct KnownClass: Sendable {
  var id: String
  var files: ClassFiles
  /// The number of pictures of the class; nil for an archive.
  var images: Int?
}

/// What was found in the inputs before anything is read.
struct FoundClasses {
  var classes: [KnownClass] = []
  /// What lies outside of the classes.
  var leftOut: [LeftOut] = []
}

/// A source of picture files of classes that are known before anything is read: archives or folders.
struct ClassFilesSource: ImageSource {
  let name: String
  let inputs: [String: String]
  let expectedImages: Int?
  private let known: [KnownClass]
  private let leftOut: [LeftOut]
  private let manifestFiles: [Manifest.Source.File]

  var shape: Manifest.Shape? { nil }
  var originalShape: Manifest.Shape? { nil }
  var resampling: String? { nil }
  var temporaryBytes: Int { 0 }
  var classes: [SourceClass]? { known.map { SourceClass(id: $0.id) } }

  /// Makes a source.
  /// - Throws: ``DataPrepError`` where there is no class, two have one name, or one has no picture.
  init(
    name: String, inputs: [String: String], found: FoundClasses, manifestFiles: [Manifest.Source.File]
  ) throws {
    let classes = found.classes
    guard !classes.isEmpty else {
      throw DataPrepError(.contradiction, inputs.keys.sorted().joined(separator: " "), "there is no class in it")
    }
    var ids = ClassIDs()
    for imageClass in classes { try ids.insert(imageClass.id, at: imageClass.files.path) }
    for imageClass in classes where imageClass.images.map({ $0 == 0 }) ?? true {
      try imageClass.files.checkPicture(imageClass.id)
    }
    self.name = name
    self.inputs = inputs
    self.manifestFiles = manifestFiles
    known = classes
    leftOut = found.leftOut
    expectedImages = try Self.expectedImages(classes)
  }

  func read(after finished: Int, _ visit: (SourceEvent) throws -> Void) throws -> [Manifest.Source.File] {
    if finished == 0 { for each in leftOut { try visit(.leftOut(each)) } }
    for (position, imageClass) in known.enumerated() {
      try visit(.begin(SourceClass(id: imageClass.id, origin: try imageClass.files.origin(imageClass.id))))
      if position >= finished { try imageClass.files.read(imageClass.id, visit) }
    }
    return manifestFiles
  }

  /// Estimates the number of images. The pictures of the first archive are counted, and the others are taken to have as
  /// many a byte.
  private static func expectedImages(_ classes: [KnownClass]) throws -> Int {
    var images = 0
    var density: Double?
    for imageClass in classes {
      if case .archive(let path, let offset, let size) = imageClass.files {
        if density == nil {
          let count = try ClassFiles.count(inArchive: path, offset: offset, size: size, imageClass.id)
          density = Double(count) / Double(max(size, 1))
        }
        images += Int((Double(size) * (density ?? 0)).rounded())
      } else {
        images += imageClass.images ?? 0
      }
    }
    return images
  }
}
