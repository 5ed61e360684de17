import Files

/// The folders of an input in which pictures lie, to tell whether those above are classes, or hold classes.
struct FolderLayout {
  private let path: String
  /// The folders in which pictures lie directly, as names from the input on.
  private var places: Set<[Substring]> = []

  init(_ path: String) { self.path = path }

  /// Adds the pictures of a class, as paths that begin with its name.
  mutating func add(_ images: [String]) {
    var last: Substring?
    for image in images {
      let folder = image[..<(image.lastIndex(of: "/") ?? image.startIndex)]
      // Pictures of a folder come together, and there are a million.
      if folder != last { places.insert(folder.split(separator: "/")) }
      last = folder
    }
  }

  /// Checks that the input's folders are classes.
  /// - Parameters:
  ///   - expectsWordNet: whether classes are called by WordNet ids, so that a folder that holds such a folder is none.
  ///   - isOnlyInput: whether there are no classes but those of this input.
  /// - Throws: ``DataPrepError`` that says what they are instead, and which folder to give.
  func check(expectsWordNet: Bool, isOnlyInput: Bool) throws {
    let tops = Set(places.compactMap(\.first))
    guard !tops.isEmpty else { return }
    let aboveClasses = places.filter { place in
      !WordNetID.isID(place[0]) && place.dropFirst().contains(where: WordNetID.isID)
    }
    let areSplits = tops.allSatisfy(SplitName.isSplit)
    let isWrapper = isOnlyInput && tops.count == 1 && places.count > 1 && places.allSatisfy { $0.count > 1 }
    guard expectsWordNet && !aboveClasses.isEmpty || areSplits || isWrapper else { return }
    let seen =
      "its folder\(tops.count > 1 ? "s" : "") \(Self.list(tops)) \(tops.count > 1 ? "are no classes" : "is no class")"
    let inner = Self.parent(ofClasses: aboveClasses.isEmpty ? places : aboveClasses)
    guard let inner, !inner.isEmpty else {
      throw DataPrepError(
        .contradiction, path,
        "\(seen), but hold\(tops.count > 1 ? "" : "s") pictures: what is expected is a folder for each class, with its pictures in it"
          + (areSplits ? "" : ", called by its WordNet id; --source folder takes classes of any name"))
    }
    let classes = Set(places.filter { $0.starts(with: inner) && $0.count > inner.count }.map { $0[inner.count] })
    let folder = inner.joined(separator: "/")
    throw DataPrepError(
      .contradiction, path,
      "\(seen): the \(classes.count) folder(s) in \(folder) are (\(Self.list(classes))). Give \(path)/\(folder)")
  }

  /// Returns the folder that holds the folders of classes, of training images where there are several; nil where
  /// pictures lie in it directly.
  private static func parent(ofClasses places: Set<[Substring]>) -> [Substring]? {
    var parent: [Substring] = []
    var below = places
    while true {
      guard below.allSatisfy({ $0.count > parent.count }) else { return nil }
      let names = Set(below.map { $0[parent.count] })
      let isAbove = below.allSatisfy { $0.count > parent.count + 1 }
      guard names.allSatisfy(SplitName.isSplit) || names.count == 1 && isAbove && !names.contains(where: WordNetID.isID)
      else {
        return parent
      }
      guard let name = names.sorted().first(where: SplitName.isOfTraining) ?? names.min() else { return parent }
      below = below.filter { $0[parent.count] == name }
      parent.append(name)
    }
  }

  private static func list(_ names: Set<Substring>) -> String {
    let first = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(4).joined(separator: ", ")
    return names.count > 4 ? "\(first), …" : first
  }
}
