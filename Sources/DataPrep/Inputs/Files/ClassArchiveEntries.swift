import Files

/// The entries of the archive of a class, read forward.
struct ClassArchiveEntries {
  enum Step {
    /// A picture, which may be read next.
    case picture(TarReader.Entry)
    case leftOut(LeftOut)
  }

  private let id: String
  private let path: String
  private var archive: TarReader
  /// The name of the first picture; nil as long as there was none.
  private var first: String?
  /// The WordNet id with which the first picture's name begins.
  private var firstID: String?
  /// The folders in which the pictures lie; of a class that is called by a WordNet id none are noted.
  private(set) var folders = ArchivedFolders()
  private var samples = WebDataset()
  /// What was left out as long as there was no picture, for the error.
  private var leftOut: [LeftOut] = []

  /// Begins to read the archive of class `id` that begins where `file` stands.
  init(_ file: ForwardFile, size: Int?, _ id: String) {
    self.id = id
    path = file.path
    archive = TarReader(file, size: size, named: "the archive of class \(id)")
  }

  /// Returns what comes next; nil at the archive's end.
  /// - Throws: ``DataPrepError`` where the archive is damaged, another one lies in it, whose pictures would be lost, or
  ///   it holds pictures of several classes.
  mutating func next() throws -> Step? {
    while let entry = try archive.nextEntry() {
      guard ImageNet.id(ofArchive: entry.name) == nil else {
        throw ImageNet.strayArchive(entry.name, ofClass: id, behind: first, in: path)
      }
      if !WordNetID.isID(id), let seen = samples.add(entry.name) { throw WebDataset.refusal(path, seen) }
      let name = entry.name.split(separator: "/").last ?? ""
      if ForeignName.isFile(name) { continue }
      if let reason = Self.reasonToLeaveOut(entry) {
        let each =
          reason.isEmpty ? LeftOut(file: "\(id)/\(entry.name)") : LeftOut(name: "\(id)/\(entry.name)", reason: reason)
        if first == nil, leftOut.count < 1000 { leftOut.append(each) }
        return .leftOut(each)
      }
      try checkClass(of: entry.name)
      first = first ?? entry.name
      return .picture(entry)
    }
    return nil
  }

  /// Returns the content of the picture that was returned last.
  func read(_ entry: TarReader.Entry) throws -> [UInt8] { try archive.read(entry) }

  /// The error for an archive in which there is no picture.
  var noPicture: DataPrepError {
    let others = leftOut.isEmpty ? "" : " that is read, only \(leftOut.phrase)"
    return DataPrepError(
      .contradiction, path, "the archive of class \(id) holds no picture\(others): add some, or remove it")
  }

  /// Returns why an entry is left out, an empty text where its name says it; nil where it is a picture.
  private static func reasonToLeaveOut(_ entry: TarReader.Entry) -> String? {
    if ForeignName.isInFolder(entry.name) { return LeftOut.systemFolder }
    if entry.isLink { return LeftOut.archivedLink }
    return ImageFile.isImage(entry.name) ? nil : ""
  }

  /// Checks that a picture can be of this class.
  private mutating func checkClass(of name: String) throws {
    guard !WordNetID.isID(id) else { return }
    let parts = name.split(separator: "/")
    let file = parts.last ?? ""
    if let folder = parts.dropLast().first(where: WordNetID.isID) {
      throw several("the folder \(folder), as if it held all classes")
    }
    if ["ILSVRC2012_val_", "ILSVRC2012_test_"].contains(where: file.hasPrefix) {
      throw several("the picture \(file), whose class is not told: it is not of ImageNet's training images")
    }
    folders.add(name)
    // What was packed as one folder of the archive's name is one class, unless that is the name of a part.
    if folders.names.count > 1, SplitName.isSplit(id) || !folders.lie(in: id) {
      let names = folders.names.sorted().prefix(2).joined(separator: " and ")
      throw several("pictures in several folders, \(names), as if each were a class")
    }
    guard let wnid = WordNetID.ofPicture(file) else { return }
    if let firstID, firstID != wnid { throw several("pictures of several classes, \(firstID) and \(wnid)") }
    firstID = wnid
  }

  private func several(_ what: String) -> DataPrepError {
    DataPrepError(
      .contradiction, path,
      "is taken for the archive of one class, \(id), but holds \(what). \(ArchiveLayout.expectation)")
  }
}
