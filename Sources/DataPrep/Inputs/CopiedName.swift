/// The names that browsers and file managers give to a second copy of something that is there.
enum CopiedName {
  /// Returns the names of those of which something of this name may be a copy, the nearest first; none where it is not
  /// called a copy. Whether it is one shows only where one of them is there too.
  ///
  /// Of `X` these are copies: `X (1)`, `X(1)`, `X - Copy`, `X - Copy (2)`, `X copy`, `X copy 2`, `X_copy`, `X (copy)`,
  /// `X (another copy)`, `X (3rd copy)`, `X (copy 2)`, `Copy of X`, and copies of copies.
  /// - Parameter isNumbered: whether a number alone makes a copy of what has this name, as in `X 2`, `X-1` and `X.1`.
  static func originals(of name: String, isNumbered: (String) -> Bool = { WordNetID.isID($0) }) -> [String] {
    guard name.utf8.count <= longest else { return [] }
    var originals: [String] = []
    while let next = original(of: originals.last ?? name, isNumbered) { originals.append(next) }
    return originals
  }

  /// Returns the same for the name of a file, whose mark may stand before its endings: `X (1).bin` and `X.bin (1)` are
  /// copies of `X.bin`.
  static func originals(ofFile name: String, isNumbered: (String) -> Bool) -> [String] {
    let places = name.indices.filter { name[$0] == "." && $0 > name.startIndex } + [name.endIndex]
    return places.flatMap { place in
      let ending = String(name[place...])
      return originals(of: String(name[..<place])) { isNumbered($0 + ending) }.map { $0 + ending }
    }
  }

  /// The most bytes of a name that is looked at, which are those that file systems allow.
  private static let longest = 255

  /// The word for a copy in languages in which systems have it so.
  private static let words: Set = ["copy", "kopie", "copie", "copia", "cópia", "kopia"]
  private static let separators: Set<Character> = [" ", "_", "-"]

  private static func original(of name: String, _ isNumbered: (String) -> Bool) -> String? {
    if name.last == ")", let open = name.lastIndex(of: "("), isMark(name[name.index(after: open)...].dropLast()) {
      return trimmed(name[..<open])
    }
    let digits = name.reversed().prefix(while: \.isWholeNumber).count
    let parts = name.dropLast(digits).split { separators.contains($0) }
    if let last = parts.last, parts.count > 1, words.contains(last.lowercased()) {
      return trimmed(name[..<last.startIndex])
    }
    if let place = name.firstRange(of: " of "), let first = name[..<place.lowerBound].split(separator: " ").first,
      self.words.contains(first.lowercased()), place.upperBound < name.endIndex
    {
      return String(name[place.upperBound...])
    }
    guard digits > 0, let before = name.dropLast(digits).last, separators.contains(before) || before == "." else {
      return nil
    }
    return trimmed(name.dropLast(digits + 1)).flatMap { isNumbered($0) ? $0 : nil }
  }

  /// Returns whether what stands in brackets marks a copy: `2`, `copy`, `another copy`, `3rd copy`, `copy 2`.
  private static func isMark(_ text: Substring) -> Bool {
    let parts = text.lowercased().split(separator: " ")
    func isNumber(_ part: Substring) -> Bool { !part.isEmpty && part.allSatisfy(\.isWholeNumber) }
    func isWord(_ part: Substring) -> Bool { words.contains(String(part)) }
    switch parts.count {
    case 1: return isNumber(parts[0]) || isWord(parts[0])
    case 2:
      let isOrdinal = parts[0].first?.isWholeNumber == true || parts[0] == "another"
      return isOrdinal && isWord(parts[1]) || isWord(parts[0]) && isNumber(parts[1])
    default: return false
    }
  }

  /// Returns a text without the separators at its end; nil where nothing is left.
  private static func trimmed(_ text: Substring) -> String? {
    let end = text.lastIndex { !separators.contains($0) }
    return end.map { String(text[...$0]) }
  }
}
