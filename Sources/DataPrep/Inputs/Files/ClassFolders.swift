import Files
import Foundation
import Shards

/// Folders in which each folder is a class: `class/…/picture.jpg`.
enum ClassFolders {
  /// Opens the classes of several folders, each folder's in the order of their names.
  static func open(_ paths: [String]) throws -> ClassFilesSource {
    var classes: [KnownClass] = []
    var inputs: [String: String] = [:]
    for path in paths {
      let found = try Self.classes(in: path)
      classes += found
      inputs[path] = try InputIdentity.ofClasses(found.map(\.id), in: path)
    }
    return try ClassFilesSource(
      name: "folder", inputs: inputs, classes: classes,
      manifestFiles: paths.map { Manifest.Source.File(name: URL(filePath: $0).lastPathComponent, bytes: 0) })
  }

  /// Returns the classes of a folder. Pictures are counted class by class: a million names together would fill the
  /// memory.
  /// - Throws: ``DataPrepError`` where a picture lies outside of the classes' folders.
  static func classes(in path: String) throws -> [KnownClass] {
    let listing = try FolderListing(path, followsLinks: true)
    if let stray = listing.files.first(where: ImageFile.isImage) {
      throw DataPrepError(
        .contradiction, path, "holds the picture \(stray), which is in no class: move it into a class's folder, or away"
      )
    }
    return try listing.folders.map { id in
      let folder = path + "/" + id
      return KnownClass(
        id: id, files: .folder(path: folder), images: try FolderListing.images(in: folder, prefix: id).count)
    }
  }
}
