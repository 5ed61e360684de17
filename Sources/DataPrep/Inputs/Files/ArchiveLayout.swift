import Files

/// The folders of archives in which pictures lie, to tell whether the archives are classes, or each hold several.
struct ArchiveLayout {
  /// The classes with the names of the folders in their archives, where there are several.
  private var folders: [(id: String, names: Set<String>)] = []
  /// Whether each class until now is an archive with the name of a part of a data set.
  private var areSplits = true
  private var ids: [String] = []

  /// Looks through the archives of classes that are not called by WordNet ids.
  /// - Throws: ``DataPrepError`` where one holds several classes, or is a part of a data set.
  static func check(_ classes: [KnownClass], in path: String) throws {
    var layout = ArchiveLayout()
    for imageClass in classes {
      let folders = WordNetID.isID(imageClass.id) ? [] : try imageClass.files.foldersInArchive(imageClass.id)
      layout.add(imageClass.id, folders: folders)
    }
    try layout.check(in: path)
  }

  /// Adds a class.
  /// - Parameter names: the folders in its archive, side by side, in which pictures lie; nil where it is no archive.
  mutating func add(_ id: String, folders names: Set<String>?) {
    areSplits = areSplits && names != nil && SplitName.isSplit(id)
    ids.append(id)
    if let names, names.count > 1 { folders.append((id, names)) }
  }

  /// Checks that the archives are one class each.
  /// - Throws: ``DataPrepError`` that says what they are instead.
  func check(in path: String) throws {
    func refusal(_ seen: String) -> DataPrepError {
      DataPrepError(.contradiction, path, "\(seen). \(Self.expectation)")
    }
    if areSplits, !ids.isEmpty {
      throw refusal("\(list(ids)) would be the classes, but these are names of parts of a data set")
    }
    if ids.count == 1, let only = folders.first {
      throw refusal("\(only.id) would be the only class, but its pictures lie in several folders (\(list(only.names)))")
    }
    for (index, one) in folders.enumerated() {
      for other in folders[..<index] where one.names.intersection(other.names).count > 1 {
        throw refusal(
          "the archives of \(other.id) and \(one.id) hold the same folders (\(list(one.names.intersection(other.names)))), "
            + "as if each held all classes")
      }
    }
  }

  /// A sentence that says what is read, and what to do with archives that are something else.
  static let expectation =
    "What is expected is a tar of archives CLASS.tar, such an archive for each class, or a folder for each class: unpack "
    + "it into folders CLASS/….jpg, and give the folder of these"

  private func list(_ names: some Collection<String>) -> String {
    let first = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(4).joined(separator: ", ")
    return names.count > 4 ? "\(first), …" : first
  }
}

/// The folders in which the pictures of one archive lie.
struct ArchivedFolders {
  private var last: Substring?
  /// The folders that all pictures lie in, one in the other; nil before the first picture.
  private var shared: [String]?
  /// The folders below these in which there are pictures, directly or further below.
  private(set) var names: Set<String> = []
  /// The folders of all pictures.
  private var places: Set<[String]> = []

  /// Whether the folders lie in one of this name.
  func lie(in name: String) -> Bool { shared?.contains(name) == true }

  /// Adds a picture by its name in the archive.
  mutating func add(_ picture: String) {
    let folder = picture[..<(picture.lastIndex(of: "/") ?? picture.startIndex)]
    // Pictures of a folder come together, and there are a million.
    guard folder != last else { return }
    last = folder
    let place = folder.split(separator: "/").filter { $0 != "." }.map(String.init)
    guard places.insert(place).inserted else { return }
    let common = zip(shared ?? place, place).prefix { $0 == $1 }.map(\.0)
    if common.count != shared?.count {
      shared = common
      names = Set(places.compactMap { $0.dropFirst(common.count).first })
    } else if place.count > common.count {
      names.insert(place[common.count])
    }
  }
}
