import Foundation

// Every call of `readdir` is in this file: it names a million files in a second, where Foundation makes URLs of them.

/// What lies in a folder, in the order of the names' bytes. Hidden files are left out.
struct FolderListing {
  var folders: [String] = []
  var files: [String] = []

  /// - Parameter followsLinks: whether a link to a folder counts as a folder. Below a class it does not, as links may
  ///   go in circles.
  init(_ path: String, followsLinks: Bool) throws {
    guard let directory = opendir(path) else {
      throw DataPrepError(.missing, path, "cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { closedir(directory) }
    while let entry = Foundation.readdir(directory) {
      // Read where it is: the record ends with the name, before the 256 bytes that `d_name` is declared with.
      let name = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
      let text = String(cString: name.assumingMemoryBound(to: CChar.self))
      if text.hasPrefix(".") { continue }
      let type = Int(entry.pointee.d_type)
      if type == Int(DT_DIR)
        || (type == Int(DT_LNK) || type == Int(DT_UNKNOWN))
          && Self.isFolder(path + "/" + text, followsLinks: followsLinks)
      {
        folders.append(text)
      } else {
        files.append(text)
      }
    }
    folders.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The pictures in a folder and in those below it, as paths that begin with `prefix`: the files first.
  static func images(in folder: String, prefix: String) throws -> [String] {
    let listing = try FolderListing(folder, followsLinks: false)
    let here = listing.files.filter { ImageFile.isImage($0) }.map { prefix + "/" + $0 }
    return try listing.folders.reduce(into: here) { images, name in
      images += try Self.images(in: folder + "/" + name, prefix: prefix + "/" + name)
    }
  }

  private static func isFolder(_ path: String, followsLinks: Bool) -> Bool {
    var status = stat()
    guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFDIR
  }
}
