import Files
import Foundation

/// The values that file, variables and options give to keys. What is laid later wins.
struct ConfigurationValues {
  /// The value of each key that was given, as JSON, and where it comes from.
  private var given: [String: (value: Any, source: String, isInFile: Bool)] = [:]
  /// The text of the configuration's file, in which faults are looked up; nil where there is none.
  var file: Data?

  /// Takes over a value that is given as text.
  ///
  /// - Parameter source: where it comes from, for errors.
  /// - Throws: ``ConfigurationError`` where there is no such key, or the value does not have its form.
  mutating func lay(_ path: String, _ text: String, source: String) throws {
    guard let key = ConfigurationKey.byPath[path] else { throw Self.unknown(path, source) }
    if key.path == ConfigurationKey.of(\.datasets).path, text.contains(":"), !"[{".contains(text.first ?? "["),
      (try? FileStatus.ifThere(text) == nil) == true
    {
      throw ConfigurationError(
        "\(source): \(key) is \(text.printable()), which is no folder: several are an array, [\"a\", \"b\"]")
    }
    let value: Any
    do { value = try key.value(of: text) } catch let fault as Fault { throw fault.error(at: key, source: source) }
    try lay(key, value, source: source, folder: nil, isInFile: false)
  }

  /// Takes over the values of a file's JSON object.
  ///
  /// - Parameters:
  ///   - folder: the folder that the file's paths are relative to; nil for the working folder.
  ///   - group: the path of the group of keys whose object it is, with a dot behind it.
  mutating func lay(_ object: [String: Any], source: String, folder: URL?, group: String = "") throws {
    for (name, value) in object {
      let path = group + name
      // A dot leads into an object: it is in no name.
      if !name.contains("."), let key = ConfigurationKey.byPath[path] {
        try lay(key, value, source: source, folder: folder, isInFile: true)
        continue
      }
      let members = Self.members(of: path + ".")
      guard !name.contains("."), !members.isEmpty else { throw Self.unknown(path, source) }
      guard let inner = value as? [String: Any] else {
        throw ConfigurationError(
          "\(source): \(path) must be an object with the keys \(members.joined(separator: ", "))")
      }
      try lay(inner, source: source, folder: folder, group: path + ".")
    }
  }

  private mutating func lay(
    _ key: ConfigurationKey, _ value: Any, source: String, folder: URL?, isInFile: Bool
  ) throws {
    do {
      given[key.path] = (try key.whole(value, folder: folder), source, isInFile)
    } catch let fault as Fault {
      throw fault.error(at: key, source: source) { isInFile ? place(of: $0) : nil }
    }
  }

  /// Returns the line and column of what the file has at a path; nil where it has nothing there.
  private func place(of path: String) -> String? {
    file.flatMap { JSONFault.place(of: path, in: $0) }.map { "line \($0.line), column \($0.column)" }
  }

  /// Returns the values over those of a preset, validated.
  ///
  /// - Parameter source: where a wrong value comes from that is the preset's, for errors.
  /// - Throws: ``ConfigurationError`` for the first wrong value.
  func configuration(over preset: Configuration.Preset, source: String) throws -> Configuration {
    var configuration = Configuration(preset: preset)
    configuration.given = Set(given.keys)
    for key in ConfigurationKey.all {
      guard let (value, source, isInFile) = given[key.path] else { continue }
      do { try key.set(value, in: &configuration) } catch let fault as Fault {
        throw fault.error(at: key, source: source) { isInFile ? place(of: $0) : nil }
      }
    }
    try configuration.validate {
      given[$0.path]?.source ?? source
    } place: { key, path in
      given[key.path]?.isInFile == true ? place(of: path) : nil
    }
    return configuration
  }

  /// Returns the names in a group of keys, in alphabetical order.
  private static func members(of group: String) -> [String] {
    let members = ConfigurationKey.all.map(\.path).filter { $0.hasPrefix(group) }
      .map { path in String(path.dropFirst(group.count).prefix { $0 != "." }) }
    return Set(members).sorted()
  }

  /// Returns the error about a path that is no key, with the key that may be meant.
  private static func unknown(_ path: String, _ source: String) -> ConfigurationError {
    if let key = ConfigurationKey.byPath[path] {
      // The right name in one piece: each part is an object of its own.
      let names = key.path.split(separator: ".")
      let nested = names.dropLast().reversed().reduce("\"\(names.last ?? "")\": …") { "\"\($1)\": {\($0)}" }
      return ConfigurationError("\(source): the key \(path) is written as objects in a file: {\(nested)}")
    }
    let hint = Spelling.nearest(path, among: ConfigurationKey.sorted.map(\.path)).map { "; did you mean \($0)?" } ?? ""
    return ConfigurationError("\(source): unknown key \(path)\(hint)")
  }
}
