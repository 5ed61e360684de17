import Files

/// A folder from which files of fixed names are taken, and what lies beside them.
struct NamedFiles {
  let path: String
  private let listing: FolderListing

  /// Lists a folder.
  /// - Throws: ``DataPrepError`` with the system's reason where it cannot be read.
  init(_ path: String) throws {
    self.path = path
    listing = try FolderListing(path, followsLinks: true)
  }

  /// Returns whether there is a file of this name.
  func contains(_ name: String) -> Bool { listing.files.contains(name) }

  /// Returns whether there is a folder or file of this name.
  func containsAny(_ name: String) -> Bool { contains(name) || listing.folders.contains(name) }

  /// Returns a phrase on what there is in the place of a file that is not there: an unfinished download of it, or a copy.
  /// - Parameter isName: whether a name is that of the file.
  func instead(of isName: (String) -> Bool) -> String? {
    if let unfinished = listing.files.first(where: { UnfinishedDownload.name($0).map(isName) == true }) {
      return "only the unfinished download \(unfinished): fetch it to its end"
    }
    let copy = listing.files.first { CopiedName.originals(ofFile: $0, isNumbered: isName).contains(where: isName) }
    return copy.map { "only \($0), which is called a copy of it: rename that if it is whole" }
  }

  /// Returns what is left out.
  /// - Parameters:
  ///   - taken: the names of the files that are taken.
  ///   - prefix: what the names of what is left out begin with.
  ///   - folders: the folders in it from which files are taken.
  ///   - original: returns the name of the file that is taken in the place of one of this name; nil where none is.
  ///   - content: returns a text that is the same for files of the same content.
  /// - Throws: ``DataPrepError`` where a file is there twice with different content, or is not fetched to its end.
  func leftOut(
    beside taken: Set<String>, prefix: String = "", folders: Set<String> = [], original: (String) -> String?,
    content: (String) throws -> String
  ) throws -> [LeftOut] {
    var all = listing.leftOut.map { LeftOut(name: prefix + $0.name, reason: $0.reason) }
    for name in listing.files where !taken.contains(name) {
      if let whole = UnfinishedDownload.name(name), name.lowercased().hasSuffix(".aria2"), let file = original(whole) {
        throw DataPrepError(
          .contradiction, path, "holds \(name), so that \(file) is not fetched to its end: do that, or remove \(name)")
      }
      let copies = CopiedName.originals(ofFile: name) { original($0) != nil }
      guard let file = ([name] + copies).lazy.compactMap(original).first else {
        all.append(LeftOut(name: prefix + name, reason: LeftOut(beside: name).reason))
        continue
      }
      guard try content(path + "/" + name) == content(path + "/" + file) else {
        throw DataPrepError(
          .contradiction, path, "holds \(name) and \(file), which are not the same: keep the one that is right")
      }
      all.append(LeftOut(name: prefix + name, reason: LeftOut.copy))
    }
    for name in listing.folders where !folders.contains(name) {
      all.append(LeftOut(name: prefix + name, reason: LeftOut.otherFolder))
    }
    return all
  }
}
