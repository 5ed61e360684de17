import Files
import Foundation

/// The folders and files in a folder, in the order of the bytes of their names, apart from what is hidden, a system's, or a text.
struct FolderListing {
  var folders: [String] = []
  var files: [String] = []
  /// The rest, but for the files that are passed over without a word.
  var leftOut: [LeftOut] = []

  /// Lists a folder. Pipes, sockets and devices are left out, as opening one may wait for ever.
  /// - Parameter followsLinks: whether a link to a folder counts as a folder. Below a class it does not, as links may
  ///   go in circles.
  /// - Throws: ``DataPrepError`` where the folder cannot be read, a name is not UTF-8, or a link leads nowhere.
  init(_ path: String, followsLinks: Bool) throws {
    do {
      try SystemCall.forEachEntry(in: path) { entry in
        let isHidden = entry.name.hasPrefix(".")
        guard entry.isUTF8 || isHidden else {
          throw DataPrepError(.contradiction, path, "holds \(entry.name), a name that is not UTF-8: rename it")
        }
        // A picture's name is none of these: a million of them are not looked up.
        if isHidden || !ImageFile.isImage(entry.name), ForeignName.isFile(entry.name) { return }
        if isHidden {
          leftOut.append(LeftOut(name: entry.name, reason: LeftOut.hidden))
          return
        }
        switch try Self.kind(path + "/" + entry.name, listed: entry.kind, followsLinks: followsLinks) {
        case .folder where ForeignName.isFolder(entry.name):
          leftOut.append(LeftOut(name: entry.name, reason: LeftOut.systemFolder))
        case .folder: folders.append(entry.name)
        case .file: files.append(entry.name)
        case .link: leftOut.append(LeftOut(name: entry.name, reason: LeftOut.folderLink))
        default: leftOut.append(LeftOut(name: entry.name, reason: LeftOut.device))
        }
      }
    } catch let error as FileError {
      let failure = error.operation == "open" ? "cannot be read" : "cannot be read to its end"
      throw DataPrepError(.missing, path, "\(failure): \(error.reason)")
    }
    folders.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    leftOut.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Returns the pictures in a folder and in those below it, and what is left out there, as paths that begin with
  /// `prefix`, the files of a folder before those of the folders in it.
  static func pictures(in folder: String, prefix: String) throws -> (images: [String], leftOut: [LeftOut]) {
    let listing = try FolderListing(folder, followsLinks: false)
    var images: [String] = []
    var leftOut = listing.leftOut.map { LeftOut(name: prefix + "/" + $0.name, reason: $0.reason) }
    for name in listing.files {
      let path = prefix + "/" + name
      if ImageFile.isImage(name) { images.append(path) } else { leftOut.append(LeftOut(file: path)) }
    }
    for name in listing.folders {
      let below = try Self.pictures(in: folder + "/" + name, prefix: prefix + "/" + name)
      images += below.images
      leftOut += below.leftOut
    }
    return (images, leftOut)
  }

  /// Returns the pictures alone of ``pictures(in:prefix:)``.
  static func images(in folder: String, prefix: String) throws -> [String] {
    try pictures(in: folder, prefix: prefix).images
  }

  /// Returns the kind of an entry; a link has the kind of what it leads to.
  /// - Parameter listed: the folder's own word for it; nil where its file system has none.
  private static func kind(
    _ path: String, listed: FileStatus.Kind?, followsLinks: Bool
  ) throws -> FileStatus.Kind {
    if let listed, listed != .link { return listed }
    do {
      let own = try FileStatus(path, followingLinks: false).kind
      guard own == .link else { return own }
    } catch let error as FileError {
      // What has gone meanwhile is passed over.
      if error.number == ENOENT { return .other }
      throw DataPrepError(.missing, path, "cannot be read: \(error.reason)")
    }
    do {
      let kind = try FileStatus(path).kind
      return kind == .folder && !followsLinks ? .link : kind
    } catch let error as FileError {
      throw DataPrepError(
        .missing, path, "is a link that leads to nothing that can be read (\(error.reason)): mend or remove it")
    }
  }
}
