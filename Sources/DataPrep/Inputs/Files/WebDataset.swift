import Files

/// Files of the form WebDataset, in which a picture and its label are files of one name: `000000.jpg` and `000000.cls`.
struct WebDataset {
  /// The endings of files that hold a label, or one among others.
  private static let labelEndings: Set = [
    "cls", "cls2", "class", "label", "index", "inx", "id", "txt", "text", "json", "jsn", "pyd", "pkl", "pickle",
  ]
  /// The most names that are remembered: a picture and its label come one after the other.
  private static let most = 1000

  private var pictures: [Substring: String] = [:]
  private var labels: [Substring: String] = [:]

  /// Returns whether a name is that of a file with nothing but the number of a class.
  static func isLabel(_ name: some StringProtocol) -> Bool { name.lowercased().hasSuffix(".cls") }

  /// Adds a file of an archive.
  /// - Returns: what is seen, for an error, as soon as a picture has its label beside it.
  mutating func add(_ name: String) -> String? {
    let start = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
    guard let dot = name[start...].firstIndex(of: "."), dot > start,
      let ending = name[dot...].split(separator: ".").last?.lowercased()
    else { return nil }
    let key = name[..<dot]
    if Self.labelEndings.contains(ending) {
      if let picture = pictures[key] { return Self.seen(picture, name) }
      if labels.count < Self.most { labels[key] = name }
    } else if ImageFile.isImage(name) || LeftOut.isPicture(name) {
      if let label = labels[key] { return Self.seen(name, label) }
      if pictures.count < Self.most { pictures[key] = name }
    }
    return nil
  }

  /// Returns the error for what is in this form.
  /// - Parameter seen: the picture and its label.
  static func refusal(_ path: String, _ seen: String) -> DataPrepError {
    DataPrepError(
      .otherFormat, path,
      "is in the form WebDataset, with the labels beside the pictures (\(seen)), which is not read: unpack it into a folder "
        + "for each class, CLASS/….jpg, and give the folder of these")
  }

  static func seen(_ picture: String, _ label: String) -> String { "\(picture), \(label)" }
}
