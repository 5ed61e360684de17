import Files
package import Foundation

extension Configuration {
  /// Variables of this name begin with it, but are not configuration.
  private static let otherVariables: Set<String> = ["LOPT_ISA", "LOPT_LONG"]

  /// The configuration of a file, with variables `LOPT_…` over it and `flags` over these; what none gives is the
  /// preset's. Relative paths in the file are relative to its folder, those of variables and flags to the working
  /// folder.
  ///
  /// - Parameters:
  ///   - flags: key paths such as `outer.learning_rate` with their values as text.
  ///   - defaults: as `flags`, in place of the preset's values: file, variables and flags win over them.
  package static func load(
    file: URL?, environment: [String: String] = ProcessInfo.processInfo.environment,
    flags: [(path: String, value: String)] = [], defaults: [(path: String, value: String)] = []
  ) throws -> Configuration {
    let source = file?.path ?? "command line"
    let object = try file.map { try read($0) } ?? [:]
    let known = try ConfigurationTree(Configuration(preset: .small))
    let byVariable = Dictionary(
      uniqueKeysWithValues: known.paths.map {
        ("LOPT_" + $0.uppercased().replacingOccurrences(of: ".", with: "_"), $0)
      })
    let variables = try environment.sorted { $0.key < $1.key }
      .filter { name, _ in
        name.hasPrefix("LOPT_") && !name.hasPrefix("LOPT_TEST_") && !otherVariables.contains(name)
      }
      .map { name, value in
        guard let path = byVariable[name] else { throw ConfigurationError("environment: unknown variable \(name)") }
        return (path: path, value: value, source: "environment: \(name)")
      }
    let settings = variables + flags.map { (path: $0.path, value: $0.value, source: "command line") }

    func sourceOf(_ key: String) -> String {
      settings.last { key == $0.path || key.hasPrefix($0.path + "[") }?.source ?? source
    }

    let presetName =
      settings.last { $0.path == "preset" }?.value ?? object["preset"] as? String
      ?? defaults.last { $0.path == "preset" }?.value ?? "small"
    guard let preset = Preset(rawValue: presetName) else {
      throw ConfigurationError("\(sourceOf("preset")): preset is \(presetName), must be one of small, paper")
    }
    var tree = try ConfigurationTree(Configuration(preset: preset))
    func lay(_ setting: (path: String, value: String, source: String)) throws {
      guard setting.path == "datasets" || setting.path == "problem" else {
        return try tree.set(setting.path, to: setting.value, source: setting.source)
      }
      let text = setting.value
      let short: Any = setting.path == "datasets" ? [text] : text
      let value = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) ?? short
      try tree.merge(normalized([setting.path: value], source: setting.source, folder: nil), source: setting.source)
    }
    for setting in defaults { try lay((setting.path, setting.value, "command line: --default")) }
    let folder = file?.deletingLastPathComponent()
    try tree.merge(normalized(object, source: source, folder: folder), source: source)
    for setting in settings { try lay(setting) }
    let configuration = try Self(tree, source: sourceOf)
    try configuration.validate(source: sourceOf)
    return configuration
  }

  /// The keys that name a file or a folder.
  static let fileKeys: Set = [
    "state", "start_from", "http.socket", "http.token_file", "http.tls.certificate", "http.tls.key",
    "snapshot.signing_key_file",
  ]
  /// The keys that may have no value.
  static let optionalKeys = fileKeys.subtracting(["state"]).union(["outer_iterations"])

  private static func read(_ file: URL) throws -> [String: Any] {
    let data: Data
    do { data = try FileReading.data(file) } catch {
      throw ConfigurationError("\(file.path): cannot be read; name a configuration file with --config")
    }
    do {
      guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
        throw ConfigurationError("\(file.path): must be a JSON object")
      }
      return object
    } catch let error as ConfigurationError {
      throw error
    } catch {
      let detail = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "\(error)"
      throw ConfigurationError("\(file.path): not JSON: \(detail)")
    }
  }

  /// Brings the short forms of `datasets` and `problem` to the long one, and paths to absolute ones.
  private static func normalized(_ object: [String: Any], source: String, folder: URL?) throws -> [String: Any] {
    func absolute(_ path: String) -> String {
      let folder = folder?.path ?? FileManager.default.currentDirectoryPath
      return URL(filePath: path, relativeTo: URL(filePath: folder, directoryHint: .isDirectory)).standardizedFileURL
        .path
    }
    /// What is text under the keys that name a file.
    func located(_ object: [String: Any], under prefix: String) -> [String: Any] {
      Dictionary(
        uniqueKeysWithValues: object.map { key, value in
          if let inner = value as? [String: Any] { return (key, located(inner, under: prefix + key + ".")) }
          guard fileKeys.contains(prefix + key), let path = value as? String else { return (key, value) }
          return (key, absolute(path))
        })
    }
    var result = located(object, under: "")
    if let given = object["datasets"] {
      guard let list = given as? [Any] else {
        throw ConfigurationError("\(source): datasets must be an array of paths or of objects {path, weight}")
      }
      result["datasets"] = try list.enumerated().map { index, item -> [String: Any] in
        let entry = try entry(item, "datasets[\(index)]", text: "path", keys: ["path", "weight"], source: source)
        return entry.merging(["path": absolute(entry["path"] as? String ?? "")]) { $1 }
      }
    }
    if let given = object["problem"] {
      let list = given as? [Any] ?? [given]
      result["problem"] = try list.enumerated().map { index, item -> [String: Any] in
        var entry = try entry(
          item, "problem[\(index)]", text: "name", keys: ["name", "weight", "dataset"], source: source)
        if let path = entry["dataset"] as? String { entry["dataset"] = absolute(path) }
        return entry
      }
    }
    return result
  }

  /// One entry of a list: a string stands for the object with that `text` and weight 1.
  private static func entry(_ item: Any, _ path: String, text: String, keys: Set<String>, source: String) throws
    -> [String: Any]
  {
    if let string = item as? String { return [text: string, "weight": 1.0] }
    guard let object = item as? [String: Any], object[text] is String else {
      throw ConfigurationError("\(source): \(path) must be a string or an object with \(text)")
    }
    if let unknown = object.keys.first(where: { !keys.contains($0) }) {
      throw ConfigurationError("\(source): unknown key \(path).\(unknown)")
    }
    return ["weight": 1.0].merging(object) { $1 }
  }
}
