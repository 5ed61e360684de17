import Files
import Foundation

// Every call of `readdir` is in this file: it names a million files in a second, where Foundation makes URLs of them.

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
    guard let directory = opendir(path) else {
      throw DataPrepError(.missing, path, "cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { closedir(directory) }
    while true {
      errno = 0
      guard let entry = Foundation.readdir(directory) else {
        guard errno == 0 else {
          throw DataPrepError(.missing, path, "cannot be read to its end: \(String(cString: strerror(errno)))")
        }
        break
      }
      // Read where it is: the record ends with the name, before the 256 bytes that `d_name` is declared with.
      let name = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
        .assumingMemoryBound(to: CChar.self)
      let isHidden = name.pointee == CChar(UInt8(ascii: "."))
      guard let text = String(validatingCString: name) else {
        if isHidden { continue }
        throw DataPrepError(.contradiction, path, "holds \(String(cString: name)), a name that is not UTF-8: rename it")
      }
      if text == "." || text == ".." || ForeignName.isFile(text) { continue }
      if isHidden {
        leftOut.append(LeftOut(name: text, reason: LeftOut.hidden))
        continue
      }
      switch try Self.kind(path + "/" + text, type: Int(entry.pointee.d_type), followsLinks: followsLinks) {
      case S_IFDIR where ForeignName.isFolder(text):
        leftOut.append(LeftOut(name: text, reason: LeftOut.systemFolder))
      case S_IFDIR: folders.append(text)
      case S_IFREG: files.append(text)
      case S_IFLNK: leftOut.append(LeftOut(name: text, reason: LeftOut.folderLink))
      default: leftOut.append(LeftOut(name: text, reason: LeftOut.device))
      }
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

  /// Returns the kind of an entry, `S_IFDIR` and the like; a link has the kind of what it leads to.
  /// - Parameter type: the folder's own word for it, `DT_UNKNOWN` where its file system has none.
  private static func kind(_ path: String, type: Int, followsLinks: Bool) throws -> mode_t {
    if type != Int(DT_UNKNOWN), type != Int(DT_LNK) { return mode_t(type << 12) }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return status.st_mode & S_IFMT }
    guard stat(path, &status) == 0 else {
      throw DataPrepError(
        .missing, path,
        "is a link that leads to nothing that can be read (\(String(cString: strerror(errno)))): "
          + "mend or remove it")
    }
    let kind = status.st_mode & S_IFMT
    return kind == S_IFDIR && !followsLinks ? S_IFLNK : kind
  }
}
