import Foundation
import Shards

/// Picture files of classes that are known before anything is read: archives or folders.
struct ClassFilesSource: ImageSource {
  let name: String
  let inputs: [String: String]
  /// The ids in order, and where each class is.
  private let contents: [(id: String, files: ClassFiles)]
  private let manifestFiles: [Manifest.Source.File]
  let expectedImages: Int?

  var shape: Manifest.Shape? { nil }
  var originalShape: Manifest.Shape? { nil }
  var resampling: String? { nil }
  var temporaryBytes: Int { 0 }
  var classes: [SourceClass]? { contents.map { SourceClass(id: $0.id) } }

  /// - Throws: ``DataPrepError`` where there is no class, or two have one name.
  init(
    name: String, inputs: [String: String], contents: [(id: String, files: ClassFiles)],
    manifestFiles: [Manifest.Source.File], expectedImages: Int?
  ) throws {
    guard !contents.isEmpty else {
      throw DataPrepError(.contradiction, inputs.keys.sorted().joined(separator: " "), "there is no class in it")
    }
    var ids: Set<String> = []
    for (id, files) in contents where !ids.insert(id).inserted {
      throw DataPrepError(.contradiction, files.path, "is a second class of the name \(id): rename or remove one")
    }
    self.name = name
    self.inputs = inputs
    self.contents = contents
    self.manifestFiles = manifestFiles
    self.expectedImages = expectedImages
  }

  func read(after finished: Int, _ visit: (SourceEvent) throws -> Void) throws -> [Manifest.Source.File] {
    for (position, (id, files)) in contents.enumerated() {
      try visit(.begin(SourceClass(id: id)))
      if position >= finished { try files.read(id, visit) }
    }
    return manifestFiles
  }
}

extension ClassFiles {
  fileprivate var path: String {
    switch self {
    case .archive(let path, _, _), .folder(let path): path
    }
  }
}
