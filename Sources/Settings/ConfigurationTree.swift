import Foundation

/// A configuration as JSON: the form in which preset, file, variables and flags are laid over one another.
package struct ConfigurationTree {
  /// Objects are dictionaries; a value that is not given is absent or NSNull.
  private(set) var root: [String: Any]

  package init(_ configuration: Configuration) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let given = try JSONSerialization.jsonObject(with: encoder.encode(configuration)) as? [String: Any] ?? [:]
    root = Configuration.optionalKeys.reduce(given) { Self.withKey($1.split(separator: ".")[...], in: $0) }
  }

  /// An object that has a key, null where it had not.
  private static func withKey(_ path: ArraySlice<Substring>, in object: [String: Any]) -> [String: Any] {
    guard let key = path.first.map(String.init) else { return object }
    var object = object
    if path.count == 1 {
      object[key] = object[key] ?? NSNull()
    } else {
      object[key] = withKey(path.dropFirst(), in: object[key] as? [String: Any] ?? [:])
    }
    return object
  }

  /// The paths of all values, such as `outer.clip.at`.
  package var paths: [String] { Self.paths(root, under: "") }

  private static func paths(_ object: [String: Any], under prefix: String) -> [String] {
    object.flatMap { key, value in
      (value as? [String: Any]).map { paths($0, under: prefix + key + ".") } ?? [prefix + key]
    }.sorted()
  }

  /// Lays an object over this one. A key that is not there is refused by its path.
  mutating func merge(_ object: [String: Any], source: String) throws {
    root = try merged(root, object, under: "", source: source)
  }

  private func merged(_ base: [String: Any], _ object: [String: Any], under prefix: String, source: String) throws
    -> [String: Any]
  {
    var result = base
    for (key, value) in object {
      let path = prefix + key
      guard let known = base[key] else {
        throw ConfigurationError("\(source): unknown key \(path)\(hint(path))")
      }
      if let inner = known as? [String: Any] {
        guard let given = value as? [String: Any] else {
          throw ConfigurationError(
            "\(source): \(path) must be an object with the keys \(inner.keys.sorted().joined(separator: ", "))")
        }
        result[key] = try merged(inner, given, under: path + ".", source: source)
      } else {
        result[key] = value
      }
    }
    return result
  }

  /// Sets one value by its path, given as text: JSON where it is that, else a string.
  mutating func set(_ path: String, to text: String, source: String) throws {
    guard paths.contains(path) else { throw ConfigurationError("\(source): unknown key \(path)\(hint(path))") }
    let parsed = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    let isText = path == "http.host" || Configuration.fileKeys.contains(path)
    var value: Any = isText ? text : parsed ?? text
    for key in path.split(separator: ".").reversed() { value = [String(key): value] }
    try merge(value as? [String: Any] ?? [:], source: source)
  }

  /// A known key that differs in a letter or two, or ends alike.
  private func hint(_ path: String) -> String {
    let near = paths.min { Self.distance($0, path) < Self.distance($1, path) }
    guard let near, Self.distance(near, path) <= max(2, path.count / 3) else { return "" }
    return "; did you mean \(near)?"
  }

  /// Levenshtein's distance.
  private static func distance(_ a: String, _ b: String) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        (diagonal, row[j + 1]) = (row[j + 1], min(row[j], row[j + 1], diagonal - (x == y ? 1 : 0)) + 1)
      }
    }
    return row[b.count]
  }
}

extension ConfigurationTree {
  /// The value at a path, as JSON.
  package func text(_ path: String) -> String {
    let value = path.split(separator: ".").reduce(root as Any?) { ($0 as? [String: Any])?[String($1)] } ?? NSNull()
    let data = try? JSONSerialization.data(
      withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "null"
  }
}
