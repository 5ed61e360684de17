import Files
import Foundation

extension ConfigurationKey {
  /// The forms that the value of a key has in the file, and as text in variables and options.
  enum Form: Sendable {
    /// Any JSON. As text it may be a string without its quotes.
    case json
    /// A string. As text it is never taken for JSON.
    case text
    /// A string that is the path of a file or folder: in the file it is relative to the file's folder.
    case path
    /// An object of paths by names: in the file each is relative to the file's folder.
    case folders
    /// An array of objects with weights.
    case list(Entries)
  }

  /// The form of the objects of an array.
  struct Entries: Sendable {
    /// The property whose value a string in the object's place gives.
    var short: String
    /// The other properties that it may have, besides `weight`.
    var others: Set<String> = []
    /// The properties that are objects themselves, with the names of what they may have.
    var groups: [String: Set<String>] = [:]
    /// The property that is a path.
    var path: String
    /// A phrase for errors about a value that is no array, where it must be one; nil where one object may stand for an
    /// array.
    var array: String?
  }

  /// Returns the value that a text gives, as JSON.
  /// - Throws: ``Fault`` where it is JSON of which a part would be lost or changed, or begins as an array or object and is
  ///   none.
  func value(of text: String) throws -> Any {
    let data = Data(text.utf8)
    switch form {
    case .text, .path: return text
    case .json, .list, .folders:
      do { try JSONFault.check(data) } catch {
        if let number = error.number { throw fault(ofNumber: number.text, part: number.path) }
        // Any other text is a string without its quotes.
        guard let first = text.first(where: { !$0.isWhitespace }), "[{".contains(first) else { return word(text) }
        throw Fault("is \(text.printable()), which is not JSON: \(error)")
      }
      // The name of a folder may be a number.
      let options: JSONSerialization.ReadingOptions = if case .list = form { [] } else { .fragmentsAllowed }
      return (try? JSONSerialization.jsonObject(with: data, options: options)) ?? word(text)
    }
  }

  /// Returns the value that text which is no JSON stands for.
  private func word(_ text: String) -> Any {
    if case .list = form { [text] } else { text }
  }

  /// Returns the value with paths made absolute, and short forms of a list made long.
  ///
  /// - Parameter folder: the folder that paths are relative to; nil for the working folder, where only the paths in
  ///   lists and objects are made absolute.
  /// - Throws: ``Fault`` where it does not have the key's form.
  func whole(_ value: Any, folder: URL?) throws -> Any {
    switch form {
    case .json, .text: return value
    case .path:
      guard let path = value as? String else { return value }
      try Self.check(path)
      return folder.map { Self.absolute(path, in: $0.path) } ?? path
    case .folders:
      guard let object = value as? [String: Any] else { throw Fault("must be an object of names with their folders") }
      let folder = folder?.path ?? FileManager.default.currentDirectoryPath
      var folders: [String: String] = [:]
      for (name, value) in object.sorted(by: { $0.key < $1.key }) {
        guard let path = value as? String else { throw Fault("must be the path of a folder", part: ".\(name)") }
        try Self.check(path, part: ".\(name)")
        folders[name] = Self.absolute(path, in: folder)
      }
      return folders
    case .list(let entries):
      let array = value as? [Any]
      if array == nil, let must = entries.array { throw Fault("must be \(must)") }
      let folder = folder?.path ?? FileManager.default.currentDirectoryPath
      return try (array ?? [value]).enumerated().map { index, item in
        var object = try entries.object(item, part: "[\(index)]")
        if let path = object[entries.path] as? String {
          try Self.check(path, part: "[\(index)].\(entries.path)")
          object[entries.path] = Self.absolute(path, in: folder)
        }
        return object
      }
    }
  }

  /// Checks a path as it was written.
  ///
  /// - Parameter part: the place of the path in the value, for errors.
  /// - Throws: ``Fault`` where it is empty or begins with `~`.
  private static func check(_ path: String, part: String = "") throws {
    if path.isEmpty { throw Fault("must not be empty: it is the path of a file or folder", part: part) }
    if let fault = UserPath.fault(path) { throw Fault("cannot be used: \(fault)", part: part) }
  }

  private static func absolute(_ path: String, in folder: String) -> String {
    URL(filePath: path, relativeTo: URL(filePath: folder, directoryHint: .isDirectory)).standardizedFileURL.path
  }
}

extension ConfigurationKey.Entries {
  /// Returns the long form of an entry.
  ///
  /// - Parameter part: the place of the entry, for errors.
  fileprivate func object(_ item: Any, part: String) throws -> [String: Any] {
    if let string = item as? String { return [short: string, "weight": 1.0] }
    guard let object = item as? [String: Any], object[short] is String else {
      throw Fault("must be a string or an object with \(short)", part: part)
    }
    let known = others.union(groups.keys).union([short, "weight"])
    if let unknown = object.keys.first(where: { !known.contains($0) }) {
      throw Fault(nil, part: "\(part).\(unknown)")
    }
    for (name, members) in groups {
      guard let value = object[name], !(value is NSNull) else { continue }
      guard let group = value as? [String: Any] else {
        throw Fault(
          "must be an object with the keys \(members.sorted().joined(separator: ", "))", part: "\(part).\(name)")
      }
      if let unknown = group.keys.first(where: { !members.contains($0) }) {
        throw Fault(nil, part: "\(part).\(name).\(unknown)")
      }
    }
    return ["weight": 1.0].merging(object) { $1 }
  }
}
