import Files
import Foundation
import Shards

/// Folders in which each folder is a class: `class/…/picture.jpg`.
enum ClassFolders {
  /// Opens the classes of several folders, each folder's in the order of their names.
  static func open(_ paths: [String]) throws -> ClassFilesSource {
    var found = FoundClasses()
    var inputs: [String: String] = [:]
    for path in paths {
      try InputForm.checkFolder(path, of: "classes, class/…/picture.jpg")
      let listing = try FolderListing(path, followsLinks: true)
      let classes = try classes(listing, in: path, isOnlyInput: paths.count == 1)
      inputs[path] = try InputIdentity.ofClasses(classes.map(\.id), in: path)
      found.classes += classes
      found.leftOut += listing.leftOut
      found.leftOut += try FilesBesideClasses.leftOut(
        listing.files, ids: Set(classes.map(\.id)), ofArchives: false, in: path)
    }
    return try ClassFilesSource(
      name: "folder", inputs: inputs, found: found,
      manifestFiles: paths.map { Manifest.Source.File(name: UserPath.name($0), bytes: 0) })
  }

  /// Returns the classes that are folders of an input. Pictures are counted class by class: a million names together
  /// would fill the memory.
  /// - Parameters:
  ///   - listing: what lies in the folder `path`.
  ///   - expectsWordNet: whether the classes are called by WordNet ids.
  ///   - isOnlyInput: whether there are no classes but those of this input.
  /// - Throws: ``DataPrepError`` where a picture lies outside of the classes' folders, or the folders are no classes.
  static func classes(
    _ listing: FolderListing, in path: String, expectsWordNet: Bool = false, isOnlyInput: Bool
  ) throws -> [KnownClass] {
    if let stray = listing.files.first(where: ImageFile.isImage) {
      throw DataPrepError(
        .contradiction, path, "holds the picture \(stray), which is in no class: move it into a class's folder, or away"
      )
    }
    var layout = FolderLayout(path)
    let classes = try listing.folders.map { id in
      let folder = path + "/" + id
      let (images, leftOut) = try FolderListing.pictures(in: folder, prefix: id)
      if let label = leftOut.first(where: { WebDataset.isLabel($0.name) })?.name, let picture = images.first {
        throw WebDataset.refusal(path, WebDataset.seen(picture, label))
      }
      layout.add(images)
      return KnownClass(id: id, files: .folder(path: folder), images: images.count)
    }
    try layout.check(expectsWordNet: expectsWordNet, isOnlyInput: isOnlyInput)
    return classes
  }
}
