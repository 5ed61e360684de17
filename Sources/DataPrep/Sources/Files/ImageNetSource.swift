import Foundation
import Shards

/// ImageNet's training images as they are distributed and as people unpack them.
///
/// Each input is the tar of tars `ILSVRC2012_img_train.tar`, a folder of its class archives `WNID.tar`, one such
/// archive, or a folder of folders `WNID/….JPEG`. A class is known by the name of its archive or folder.
enum ImageNetSource {
  private static let suffix = ".tar"

  /// - Parameter paths: `-`, or another pipe, is the tar of tars and then the only input.
  static func open(_ paths: [String]) throws -> any ImageSource {
    if let pipe = try paths.first(where: { $0 == "-" }) ?? paths.first(where: { try FileStatus($0).isPipe }) {
      guard paths.count == 1 else { throw DataPrepError(.usage, pipe, "a pipe is the only input, or none of them") }
      return ImageNetStream(path: pipe)
    }
    var contents: [(id: String, files: ClassFiles)] = []
    var inputs: [String: String] = [:]
    for path in paths {
      let isFolder = try FileStatus.isFolder(path)
      inputs[path] = isFolder ? try folderIdentity(path) : try InputIdentity.ofFile(path)
      contents += isFolder ? try classes(inFolder: path) : try classes(inArchive: path)
    }
    return try ClassFilesSource(
      name: "imagenet", inputs: inputs, contents: contents,
      manifestFiles: try paths.map {
        Manifest.Source.File(
          name: URL(filePath: $0).lastPathComponent, bytes: try FileStatus.isFolder($0) ? 0 : FileStatus.bytes($0))
      },
      expectedImages: try expectedImages(contents.map(\.files)))
  }

  /// The id of the class whose archive has this name; nil where it is no archive's.
  static func id(ofArchive name: String) -> String? {
    guard let last = name.split(separator: "/").last, last.lowercased().hasSuffix(suffix), last.first != "." else {
      return nil
    }
    return String(last.dropLast(suffix.count))
  }

  /// Archives and folders of classes, by their names.
  private static func classes(inFolder path: String) throws -> [(id: String, files: ClassFiles)] {
    let listing = try FolderListing(path, followsLinks: true)
    let archives = try listing.files.compactMap { name in
      try id(ofArchive: name).map { id in
        let archive = path + "/" + name
        return (id: id, files: ClassFiles.archive(path: archive, offset: 0, size: try FileStatus.bytes(archive)))
      }
    }
    let folders = listing.folders.map { (id: $0, files: ClassFiles.folder(path: path + "/" + $0)) }
    return (archives + folders).sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
  }

  /// The class archives in an archive, in its order; or the archive itself, where it holds pictures.
  private static func classes(inArchive path: String) throws -> [(id: String, files: ClassFiles)] {
    let file = try ForwardFile(path)
    var archive = TarReader(file)
    var classes: [(id: String, files: ClassFiles)] = []
    while let entry = try archive.nextEntry() {
      if let id = id(ofArchive: entry.name) {
        classes.append((id, .archive(path: path, offset: entry.offset, size: entry.size)))
      } else if classes.isEmpty, ImageFile.isImage(entry.name), let id = id(ofArchive: path) {
        return [(id, .archive(path: path, offset: 0, size: try FileStatus.bytes(path)))]
      }
    }
    return classes
  }

  /// Of a folder's archives their sizes and times, of its folders the names of their pictures.
  private static func folderIdentity(_ path: String) throws -> String {
    let listing = try FolderListing(path, followsLinks: true)
    let archives = try listing.files.filter { id(ofArchive: $0) != nil }
      .map { "\($0) \(try InputIdentity.ofFile(path + "/" + $0))" }
    let images = try listing.folders.flatMap { try FolderListing.images(in: path + "/" + $0, prefix: $0) }
    return InputIdentity.ofFiles(archives + images)
  }

  /// Folders are counted; of archives the first is, and the others have as many images a byte.
  private static func expectedImages(_ files: [ClassFiles]) throws -> Int {
    var images = 0
    var density: Double?
    for files in files {
      if case .archive(_, _, let size) = files, let density {
        images += Int(Double(size) * density)
      } else {
        let count = try files.count()
        images += count.images
        if count.bytes > 0 { density = Double(count.images) / Double(count.bytes) }
      }
    }
    return images
  }
}
