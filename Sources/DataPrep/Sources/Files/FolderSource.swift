import Foundation
import Shards
import Support

/// Folders of classes: `class/…/picture.jpg`.
enum FolderSource {
  /// The classes of several folders, each folder's in the order of their names.
  static func open(_ paths: [String]) throws -> ClassFilesSource {
    var classes: [KnownClass] = []
    var inputs: [String: String] = [:]
    for path in paths {
      let found = try Self.classes(in: path)
      classes += found.classes
      inputs[path] = found.identity
    }
    return try ClassFilesSource(
      name: "folder", inputs: inputs, classes: classes,
      manifestFiles: paths.map { Manifest.Source.File(name: URL(filePath: $0).lastPathComponent, bytes: 0) })
  }

  /// The classes of a folder, and what shows that it was changed: how many pictures there are, and the SHA-256 of their
  /// names, taken class by class, as a million names together would fill the memory.
  static func classes(in path: String) throws -> (classes: [KnownClass], identity: String) {
    var digests = ""
    var count = 0
    let listing = try FolderListing(path, followsLinks: true)
    if let stray = listing.files.first(where: ImageFile.isImage) {
      throw DataPrepError(
        .contradiction, path, "holds the picture \(stray), which is in no class: move it into a class's folder, or away"
      )
    }
    let classes = try listing.folders.map { id in
      let pictures = try FolderListing.images(in: path + "/" + id, prefix: id)
      digests += Digest.sha256(Data(pictures.joined(separator: "\n").utf8))
      count += pictures.count
      return KnownClass(id: id, files: .folder(path: path + "/" + id), images: pictures.count)
    }
    return (classes, "\(count) pictures, SHA-256 of their names \(Digest.sha256(Data(digests.utf8)))")
  }
}
