import Foundation

extension ConfigurationKey {
  /// How the value of a key is written in the file, and as text in variables and options.
  enum Form: Sendable {
    /// JSON. As text it may be a string without its quotes.
    case json
    /// A string. Text is never taken for JSON.
    case text
    /// A string that is the path of a file or folder: in the file it is relative to the file's folder.
    case path
    /// An array of objects with weights.
    case list(Entries)
  }

  /// How the objects of an array are written.
  struct Entries: Sendable {
    /// The property that a string in the object's place stands for.
    var short: String
    /// The properties that it may have besides, and `weight`.
    var others: Set<String> = []
    /// The property that is a path.
    var path: String
    /// What the value must be, where it must be an array; nil: one object may stand for an array of it.
    var array: String?
  }

  /// The value that text stands for, as JSON.
  func value(of text: String) -> Any {
    let data = Data(text.utf8)
    return switch form {
    case .json: (try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) ?? text
    case .text, .path: text
    case .list: (try? JSONSerialization.jsonObject(with: data)) ?? [text]
    }
  }

  /// The value with paths made absolute, and short forms of a list made long.
  ///
  /// - Parameter folder: what paths are relative to; nil: the working folder, where they are left as they are but in lists.
  /// - Throws: ``Fault``
  func whole(_ value: Any, folder: URL?) throws -> Any {
    switch form {
    case .json, .text: return value
    case .path:
      guard let folder, let path = value as? String else { return value }
      return Self.absolute(path, in: folder.path)
    case .list(let entries):
      let array = value as? [Any]
      if array == nil, let must = entries.array { throw Fault("must be \(must)") }
      let folder = folder?.path ?? FileManager.default.currentDirectoryPath
      return try (array ?? [value]).enumerated().map { index, item in
        var object = try entries.object(item, part: "[\(index)]")
        if let path = object[entries.path] as? String { object[entries.path] = Self.absolute(path, in: folder) }
        return object
      }
    }
  }

  private static func absolute(_ path: String, in folder: String) -> String {
    URL(filePath: path, relativeTo: URL(filePath: folder, directoryHint: .isDirectory)).standardizedFileURL.path
  }
}

extension ConfigurationKey.Entries {
  /// The long form of an entry.
  ///
  /// - Parameter part: what a fault calls it.
  fileprivate func object(_ item: Any, part: String) throws -> [String: Any] {
    if let string = item as? String { return [short: string, "weight": 1.0] }
    guard let object = item as? [String: Any], object[short] is String else {
      throw Fault("must be a string or an object with \(short)", part: part)
    }
    if let unknown = object.keys.first(where: { $0 != short && $0 != "weight" && !others.contains($0) }) {
      throw Fault(nil, part: "\(part).\(unknown)")
    }
    return ["weight": 1.0].merging(object) { $1 }
  }
}
