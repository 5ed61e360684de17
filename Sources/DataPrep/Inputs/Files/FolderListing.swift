import Files
import Foundation

// Every call of `readdir` is in this file: it names a million files in a second, where Foundation makes URLs of them.

/// The folders and files in a folder, in the order of the bytes of their names. Hidden ones are left out.
struct FolderListing {
  var folders: [String] = []
  var files: [String] = []

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
      if name.pointee == CChar(UInt8(ascii: ".")) { continue }
      guard let text = String(validatingCString: name) else {
        throw DataPrepError(.contradiction, path, "holds \(String(cString: name)), a name that is not UTF-8: rename it")
      }
      switch try Self.kind(path + "/" + text, type: Int(entry.pointee.d_type), followsLinks: followsLinks) {
      case S_IFDIR: folders.append(text)
      case S_IFREG: files.append(text)
      default: continue
      }
    }
    folders.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Returns the pictures in a folder and in those below it, as paths that begin with `prefix`, the files first.
  static func images(in folder: String, prefix: String) throws -> [String] {
    let listing = try FolderListing(folder, followsLinks: false)
    let here = listing.files.filter { ImageFile.isImage($0) }.map { prefix + "/" + $0 }
    return try listing.folders.reduce(into: here) { images, name in
      images += try Self.images(in: folder + "/" + name, prefix: prefix + "/" + name)
    }
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
