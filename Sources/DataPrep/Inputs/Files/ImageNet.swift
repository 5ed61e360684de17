import Files
import Foundation
import Shards

/// ImageNet's training images as they are distributed and as people unpack them.
///
/// Each input is the tar of tars `ILSVRC2012_img_train.tar`, a folder of its class archives `WNID.tar`, one such
/// archive, or a folder of folders `WNID/….JPEG`. A class is known by the name of its archive or folder.
enum ImageNet {
  private static let suffix = ".tar"

  /// Opens the inputs as one source.
  /// - Parameter paths: `-`, or another pipe, is the tar of tars and then the only input.
  /// - Throws: ``DataPrepError`` where an input is something else, or damaged.
  static func open(_ paths: [String]) throws -> any ImageSource {
    if let pipe = try paths.first(where: { $0 == "-" }) ?? paths.first(where: { try FileStatus(input: $0).isPipe }) {
      guard paths.count == 1 else { throw DataPrepError(.usage, pipe, "a pipe is the only input, or none of them") }
      if pipe == "-" { try FileStatus.checkStandardInput() }
      return ImageNetStreamSource(path: pipe)
    }
    var all = FoundClasses()
    var inputs: [String: String] = [:]
    for path in paths {
      let found: FoundClasses
      if try FileStatus(input: path).isFolder {
        found = try classes(inFolder: path, isOnlyInput: paths.count == 1)
        inputs[path] = try InputIdentity.ofClasses(found.classes.map(\.id), in: path)
      } else {
        found = try classes(inArchive: path)
        let isOne = found.classes.first?.files.isOwnArchive == true
        inputs[path] = isOne ? "the archive of a class" : try InputIdentity.ofFile(path)
      }
      all.classes += found.classes
      all.leftOut += found.leftOut
    }
    try ArchiveLayout.check(all.classes, in: paths.joined(separator: " "))
    return try ClassFilesSource(
      name: "imagenet", inputs: inputs, found: all,
      manifestFiles: try paths.map {
        let status = try FileStatus(input: $0)
        return Manifest.Source.File(
          name: UserPath.name($0), bytes: status.isFolder ? 0 : status.bytes)
      })
  }

  /// Returns the id of the class whose archive has this name; nil where it is no archive's name.
  static func id(ofArchive name: String) -> String? {
    guard let last = name.split(separator: "/").last, last.lowercased().hasSuffix(suffix), last.first != "." else {
      return nil
    }
    return String(last.dropLast(suffix.count))
  }

  /// Returns the error for an archive that holds a picture where archives of classes are expected.
  static func strayPicture(_ name: String, in path: String) -> DataPrepError {
    DataPrepError(
      .contradiction, path,
      "holds the picture \(name), which is in no class's archive: unpack it into folders WNID/….JPEG")
  }

  /// Returns the error for a link in the place of a class's archive.
  static func linkedArchive(_ name: String, in path: String) -> DataPrepError {
    DataPrepError(
      .contradiction, path,
      "holds \(name) as a link, without the archive itself: pack it again with tar's option --dereference")
  }

  /// Returns the error for an archive that lies in the archive of a class.
  /// - Parameter picture: the first picture before it; nil where it comes first.
  static func strayArchive(
    _ name: String, ofClass id: String, behind picture: String?, in path: String
  ) -> DataPrepError {
    let message =
      if let picture {
        "among the pictures of class \(id) (\(picture) is the first): unpack it into folders WNID/….JPEG"
      } else {
        "where pictures of class \(id) should be: give the archive that holds those of classes as an input itself"
      }
    return DataPrepError(.contradiction, path, "holds the archive \(name) \(message)")
  }

  /// Returns the classes of the archives and folders in a folder, in the order of their names.
  private static func classes(inFolder path: String, isOnlyInput: Bool) throws -> FoundClasses {
    let listing = try FolderListing(path, followsLinks: true)
    var classes = try ClassFolders.classes(listing, in: path, expectsWordNet: true, isOnlyInput: isOnlyInput)
    var others: [String] = []
    for name in listing.files {
      if let id = id(ofArchive: name) {
        classes.append(try classOf(archive: path + "/" + name, id))
      } else {
        others.append(name)
      }
    }
    let leftOut = try FilesBesideClasses.leftOut(others, ids: Set(classes.map(\.id)), ofArchives: true, in: path)
    return FoundClasses(
      classes: classes.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }, leftOut: listing.leftOut + leftOut)
  }

  /// Returns the class whose archive a file is. The end of the file is checked now, so that a cut one is found early.
  private static func classOf(archive path: String, _ id: String) throws -> KnownClass {
    try TarReader.checkEnd(path)
    return KnownClass(id: id, files: .archive(path: path, offset: 0, size: try FileStatus(input: path).bytes))
  }

  /// Returns the class archives in an archive, in its order; or the archive itself, where a picture comes first.
  ///
  /// An archive among the pictures is found only when they are counted or read. To check each of a million entries here
  /// would delay the build.
  private static func classes(inArchive path: String) throws -> FoundClasses {
    var archive = TarReader(try ForwardFile(path))
    var classes: [KnownClass] = []
    var others: [String] = []
    while let entry = try archive.nextEntry() {
      if let id = id(ofArchive: entry.name) {
        if entry.isLink { throw linkedArchive(entry.name, in: path) }
        classes.append(KnownClass(id: id, files: .archive(path: path, offset: entry.offset, size: entry.size)))
      } else if ImageFile.isImage(entry.name) {
        guard classes.isEmpty, let id = id(ofArchive: path) else { throw strayPicture(entry.name, in: path) }
        return FoundClasses(classes: [try classOf(archive: path, id)])
      } else if !isForeign(entry.name) {
        others.append(entry.name)
      }
    }
    // An archive of a class in which there is only what is left out says so when it is looked into.
    if classes.isEmpty, !others.isEmpty, let id = id(ofArchive: path) {
      return FoundClasses(classes: [try classOf(archive: path, id)])
    }
    let leftOut = try FilesBesideClasses.leftOut(others, ids: Set(classes.map(\.id)), ofArchives: true, in: path)
    return FoundClasses(classes: classes, leftOut: leftOut)
  }

  /// Returns whether an entry of an archive is passed over without a word.
  static func isForeign(_ name: String) -> Bool { ForeignName.isFile(name.split(separator: "/").last ?? "") }
}
