/// Something of an input that is not taken, and that the manifest therefore counts and names.
struct LeftOut: Equatable, Sendable {
  /// The place in the input, for people.
  var name: String
  /// A phrase that says what it is. Things of the same reason are counted together.
  var reason: String

  static let hidden = "a hidden file or folder"
  static let systemFolder = "a folder that a system makes"
  static let folderLink = "a link to a folder, which is not followed"
  static let archivedLink = "a link, which an archive keeps without the picture"
  static let device = "a pipe, a socket or a device"
  static let otherArchive = "an archive of a class that is there already"
  static let copy = "a copy of a file that is read"
  static let otherFolder = "a folder in which nothing is looked for"

  /// Describes a file that is passed over because of its name.
  init(file name: String) {
    self.init(name: name, reason: Self.reason(ofFile: name, otherwise: "a file without the ending of a picture"))
  }

  /// Describes a file that lies beside others which hold all images.
  init(beside name: String) {
    self.init(name: name, reason: Self.reason(ofFile: name, otherwise: "a file that is none of the data set's"))
  }

  /// Describes anything else that is passed over.
  init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  /// Returns the reason for which a file of this name is passed over.
  private static func reason(ofFile name: String, otherwise: String) -> String {
    let last = (name.split(separator: "/").last ?? "").lowercased()
    if last.first == "." { return hidden }
    if UnfinishedDownload.name(last) != nil { return "the unfinished download of a file" }
    return otherForm(last).map { "\($0), which is not read" } ?? otherwise
  }

  /// Returns whether a file is a picture in a format that is not read, by the ending of its name.
  static func isPicture(_ name: String) -> Bool { otherForm(name.lowercased()) != nil }

  /// Returns the format of a picture that is not read by its name in small letters; nil where it is none.
  private static func otherForm(_ name: String) -> String? {
    otherForms.first { $0.endings.contains(where: name.hasSuffix) }?.name
  }

  /// The formats of pictures that are not read, each with its endings.
  private static let otherForms: [(name: String, endings: [String])] = [
    ("a WebP picture", [".webp"]), ("a GIF picture", [".gif"]), ("a BMP picture", [".bmp", ".dib"]),
    ("a TIFF picture", [".tif", ".tiff"]), ("an AVIF picture", [".avif", ".avifs"]),
    ("a HEIF picture", [".heic", ".heif", ".hif"]), ("a JPEG 2000 picture", [".jp2", ".j2k", ".jpx", ".jpf"]),
    ("a JPEG XL picture", [".jxl"]), ("a netpbm picture", [".ppm", ".pgm", ".pbm", ".pnm"]),
    ("a drawing", [".svg", ".svgz"]), ("a camera's raw picture", [".dng", ".cr2", ".cr3", ".nef", ".arw"]),
  ]
}

extension [LeftOut] {
  /// A phrase that counts what is here by its reason, the commonest first, for an error: "3 times a WebP picture, …".
  var phrase: String {
    let counts = Dictionary(grouping: self, by: \.reason).sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    return counts.map { reason, all in "\(all.count)× \(reason) (\(all[0].name))" }.joined(separator: "; ")
  }
}

/// The names of what belongs to no data set, though it lies in one.
enum ForeignName {
  /// Returns whether a file is one that a system keeps for itself, or a text or table about the data. Nobody expects it to
  /// be taken for a picture, and it is passed over without a word.
  static func isFile(_ name: some StringProtocol) -> Bool {
    let lower = name.lowercased()
    return lower.hasPrefix("._") || files.contains(lower)
      || lower.first != "." && texts.contains(where: lower.hasSuffix)
  }

  /// Returns whether a folder is one that a system or a network disk makes, in which pictures may be copies or small
  /// versions of others.
  static func isFolder(_ name: some StringProtocol) -> Bool { folders.contains(name.lowercased()) }

  /// Returns whether a path of an archive leads through such a folder, or through a hidden one.
  static func isInFolder(_ path: String) -> Bool {
    path.split(separator: "/").dropLast().contains { folder in
      isFolder(folder) || folder.first == "." && folder != "." && folder != ".."
    }
  }

  private static let files: Set = [
    ".ds_store", ".directory", ".localized", ".nomedia", ".gitignore", ".gitkeep", ".gitattributes", ".picasa.ini",
    "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r",
  ]

  private static let texts = [
    ".txt", ".md", ".rst", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yaml", ".yml", ".html", ".htm", ".pdf", ".log",
    ".md5", ".sha1", ".sha256", ".asc", ".sig", ".py", ".sh", ".ipynb",
  ]

  private static let folders: Set = [
    "@eadir", "@tmp", "@recycle", "@recently-snapshot", "#recycle", "#snapshot", "__macosx", "lost+found",
    "$recycle.bin", "recycler", "system volume information", "found.000", "network trash folder", "temporary items",
    "__pycache__",
  ]
}

/// The names that programs give to files while they fetch them, or keep beside such files.
enum UnfinishedDownload {
  private static let endings = [
    ".part", ".partial", ".aria2", ".crdownload", ".download", ".opdownload", ".filepart", ".!qb", ".!ut", ".!bt",
    ".incomplete", ".unfinished", ".tmp",
  ]

  /// Returns the name of the file whose unfinished download has this name; nil where it is no such name.
  static func name(_ name: String) -> String? {
    let lower = name.lowercased()
    return endings.first { lower.hasSuffix($0) && lower.utf8.count > $0.utf8.count }
      .map { String(name.dropLast($0.count)) }
  }
}

/// An id of WordNet, as those of ImageNet's classes: n and eight digits.
enum WordNetID {
  static func isID(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 9 && text.first == "n" && text.utf8.dropFirst().allSatisfy { (48...57).contains($0) }
  }

  /// Returns the id with which the name of one of ImageNet's pictures begins, as in `n01440764_10026.JPEG`; nil where
  /// it begins otherwise.
  static func ofPicture(_ name: some StringProtocol) -> String? {
    let id = name.prefix(9)
    return isID(id) && name.dropFirst(9).first == "_" ? String(id) : nil
  }
}
