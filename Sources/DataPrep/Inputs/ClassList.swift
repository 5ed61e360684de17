import Files
import Foundation

/// The file of `--classes`, which gives the WordNet id and the name for each label of a source.
struct ClassList {
  private let path: String
  private var entries: [Int: (id: String, name: String)] = [:]

  /// Reads lines of a label, an id and a name, separated by spaces, tabs or commas.
  ///
  /// Label and id may change places, as in `map_clsloc.txt` of ImageNet's development kit.
  /// - Throws: ``DataPrepError`` where a line is something else, or gives a label or an id a second time.
  init(_ path: String) throws {
    self.path = path
    var ids: Set<String> = []
    for (number, line) in try TextLines.read(path) {
      let fields = line.split(maxSplits: 2, whereSeparator: { " \t,".contains($0) }).map(String.init)
      guard fields.count >= 2, let position = fields[..<2].firstIndex(where: { Int($0) != nil }),
        let label = Int(fields[position])
      else {
        throw DataPrepError(.otherFormat, path, "line \(number) is not a label, an id and a name")
      }
      let id = fields[1 - position]
      guard entries[label] == nil, ids.insert(id).inserted else {
        throw DataPrepError(.contradiction, path, "line \(number) has a label or an id for the second time")
      }
      entries[label] = (id, fields.count > 2 ? fields[2].trimmingCharacters(in: .whitespaces) : id)
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
enum SynsetNames {
  static func read(_ path: String) throws -> [String: String] {
    try TextLines.read(path).reduce(into: [:]) { names, line in
      let fields = line.text.split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\t" })
      guard fields.count == 2 else {
        throw DataPrepError(.otherFormat, path, "line \(line.number) is not an id and a name")
      }
      names[String(fields[0])] = fields[1].trimmingCharacters(in: .whitespaces)
    }
  }
}

/// Reading of text files of a few thousand lines.
enum TextLines {
  /// Returns the lines that are not empty, each with its number from 1.
  static func read(_ path: String) throws -> [(number: Int, text: String)] {
    guard let data = try? FileReading.data(URL(filePath: path)) else {
      throw DataPrepError(.missing, path, "cannot be read")
    }
    return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { ($0 + 1, $1.trimmingCharacters(in: .whitespacesAndNewlines)) }.filter { !$0.1.isEmpty }
  }
}
