import Foundation
import Shards

/// Folders of classes: `class/…/picture.jpg`.
enum FolderSource {
  /// The classes of several folders, each folder's in the order of their names.
  static func open(_ paths: [String], name: String = "folder") throws -> ClassFilesSource {
    var contents: [(id: String, files: ClassFiles)] = []
    var inputs: [String: String] = [:]
    var images = 0
    for path in paths {
      let ids = try FolderListing(path, followsLinks: true).folders
      let pictures = try ids.flatMap { try FolderListing.images(in: path + "/" + $0, prefix: $0) }
      contents += ids.map { ($0, .folder(path: path + "/" + $0)) }
      inputs[path] = InputIdentity.ofFiles(pictures)
      images += pictures.count
    }
    return try ClassFilesSource(
      name: name, inputs: inputs, contents: contents,
      manifestFiles: paths.map { Manifest.Source.File(name: URL(filePath: $0).lastPathComponent, bytes: 0) },
      expectedImages: images)
  }
}
