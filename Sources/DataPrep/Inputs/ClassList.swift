import Files
import Foundation

// The text files that options name. Each is read once, as it may be a pipe.

extension TextFile {
  /// Reads the file of an option that takes lines of text.
  /// - Parameter form: what a line is, for the error about a file of JSON.
  /// - Throws: ``DataPrepError`` where it is JSON, `TextFileError` or `FileError` where it cannot be read as text.
  fileprivate init(_ path: String, lines form: String) throws {
    try self.init(URL(filePath: path))
    if let start = lines.first?.text.first, "{[".contains(start) {
      throw DataPrepError(.otherFormat, path, "is JSON, not lines of text: each line is \(form)")
    }
  }
}

extension TextFile.Line {
  /// Returns the first fields of the line, and as the last what is left of it.
  ///
  /// A field in double quotes may hold separators, and two quotes in it stand for one, as in files of comma-separated
  /// values; quotes around the last field are taken away too.
  fileprivate func fields(upTo count: Int, separators: String) -> [String] {
    var rest = text[...]
    var fields: [String] = []
    while !rest.isEmpty, fields.count < count {
      let quoted = Self.quoted(&rest, separators: separators)
      let isLast = fields.count == count - 1
      let plain = rest.prefix { isLast || !separators.contains($0) }
      fields.append(quoted ?? plain.trimmingCharacters(in: .whitespaces))
      if quoted == nil { rest = rest.dropFirst(plain.count) }
      rest = rest.drop { separators.contains($0) }
    }
    return fields
  }

  /// Takes a field in quotes from the beginning of `rest` and returns what is in them; nil where there is none.
  private static func quoted(_ rest: inout Substring, separators: String) -> String? {
    guard let match = rest.prefixMatch(of: /"((?:[^"]|"")*)"/) else { return nil }
    let behind = rest[match.range.upperBound...]
    guard behind.isEmpty || separators.contains(behind[behind.startIndex]) else { return nil }
    rest = behind
    return match.1.replacing("\"\"", with: "\"").trimmingCharacters(in: .whitespaces)
  }

  /// The characters that end the id at the beginning of the line: a tab where there is one, else also space and comma.
  fileprivate var separators: String { text.contains("\t") ? "\t" : " ," }
}

/// The file of `--classes`, which gives the WordNet id and the name for each label of a source.
struct ClassList {
  /// The SHA-256 of the file.
  let sha256: String
  private let path: String
  private var entries: [Int: (id: String, name: String)] = [:]

  /// Reads lines of a label, an id and a name, separated by spaces, tabs or commas.
  ///
  /// Label and id may change places, as in `map_clsloc.txt` of ImageNet's development kit.
  /// - Throws: ``DataPrepError`` where a line is something else, or gives a label or an id a second time; `TextFileError`
  ///   or `FileError` where the file cannot be read as text.
  init(_ path: String) throws {
    self.path = path
    let file = try TextFile(path, lines: "a label, an id and a name")
    sha256 = file.sha256
    var ids: Set<String> = []
    for line in file.lines {
      let fields = line.fields(upTo: 3, separators: " \t,")
      guard fields.count >= 2, let position = fields[..<2].firstIndex(where: { Int($0) != nil }),
        let label = Int(fields[position])
      else {
        throw DataPrepError(.otherFormat, path, "line \(line.number) is not a label, an id and a name")
      }
      let id = fields[1 - position]
      guard entries[label] == nil, ids.insert(id).inserted else {
        throw DataPrepError(.contradiction, path, "line \(line.number) has a label or an id for the second time")
      }
      entries[label] = (id, fields.count > 2 ? fields[2] : id)
    }
  }

  /// The names by the ids.
  var names: [String: String] { Dictionary(entries.values.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 }) }

  /// Returns the id of the class of a label.
  /// - Throws: ``DataPrepError`` where the file does not give it.
  func id(ofLabel label: Int) throws -> String {
    guard let entry = entries[label] else {
      throw DataPrepError(.contradiction, path, "has no line for the label \(label), which the images have")
    }
    return entry.id
  }
}

/// The file of `--names`, with lines such as `n01440764 tench, Tinca tinca`, as ImageNet's `LOC_synset_mapping.txt`.
struct NameList {
  let path: String
  /// The SHA-256 of the file.
  let sha256: String
  /// The names by the ids.
  private(set) var names: [String: String] = [:]

  /// Reads lines of an id and a name, separated by a tab, or else by a space or comma.
  /// - Throws: ``DataPrepError`` where a line is something else, or gives an id a second time; `TextFileError` or
  ///   `FileError` where the file cannot be read as text.
  init(_ path: String) throws {
    self.path = path
    let file = try TextFile(path, lines: "the id of a class and its name")
    sha256 = file.sha256
    for line in file.lines {
      let fields = line.fields(upTo: 2, separators: line.separators)
      guard fields.count == 2 else {
        throw DataPrepError(.otherFormat, path, "line \(line.number) is not an id and a name")
      }
      guard names.updateValue(fields[1], forKey: fields[0]) == nil else {
        throw DataPrepError(.contradiction, path, "line \(line.number) has the id \(fields[0]) for the second time")
      }
    }
  }
}

/// The file of `--held-out-list`: an id at the beginning of each line.
struct IDList {
  let path: String
  /// The SHA-256 of the file.
  let sha256: String
  /// The ids in the order of the file.
  private(set) var ids: [String] = []

  /// Reads the ids; what follows one in its line is passed over.
  /// - Throws: ``DataPrepError`` where one is there a second time; `TextFileError` or `FileError` where the file cannot be
  ///   read as text.
  init(_ path: String) throws {
    self.path = path
    let file = try TextFile(path, lines: "the id of a class")
    sha256 = file.sha256
    var known: Set<String> = []
    for line in file.lines {
      guard let id = line.fields(upTo: 2, separators: line.separators).first else { continue }
      guard known.insert(id).inserted else {
        throw DataPrepError(.contradiction, path, "line \(line.number) has the id \(id) for the second time")
      }
      ids.append(id)
    }
  }
}

/// The names of classes by their ids, as `--classes` and `--names` give them.
struct ClassNames {
  private let names: [String: String]
  private let list: NameList?

  /// Takes names of both files; those of `--names` win.
  init(_ classes: ClassList? = nil, _ list: NameList? = nil) {
    names = (classes?.names ?? [:]).merging(list?.names ?? [:]) { $1 }
    self.list = list
  }

  /// Returns the name of a class; its id where it has none.
  func name(of id: String) -> String { names[id] ?? id }

  /// Compares the file of `--names` with the classes that there are.
  /// - Returns: a sentence about classes that it does not name; nil where it names all, or was not given.
  /// - Throws: ``DataPrepError`` where it names none: it is of other classes.
  func check(_ ids: [String]) throws -> String? {
    guard let list, let unnamed = ids.first(where: { list.names[$0] == nil }) else { return nil }
    let count = ids.count { list.names[$0] == nil }
    guard count < ids.count else {
      throw DataPrepError(
        .contradiction, list.path,
        "names none of the \(count) classes, of which \(unnamed) is the first: give the names of these classes")
    }
    return "\(count) of \(ids.count) classes have no name in \(list.path), of which \(unnamed) is the first: "
      + "they are called by their ids"
  }
}
