import Files
package import Foundation

extension Configuration {
  /// The variables that begin as those of keys do, but are none.
  private static let otherVariables: Set<String> = ["LOPT_ISA", "LOPT_LONG"]

  /// Makes the configuration of a file, with variables `LOPT_…` over it and `flags` over these. The preset gives the
  /// rest.
  ///
  /// Relative paths in the file are relative to its folder, those of variables and flags to the working folder. A pipe and
  /// standard input have no folder of their own: there it is the working folder, too.
  ///
  /// - Parameters:
  ///   - flags: paths of keys such as `outer.learning_rate` with their values as text.
  ///   - defaults: values as in `flags` that take the place of the preset's: file, variables and flags win over them.
  /// - Throws: ``ConfigurationError`` where it cannot be used.
  package static func load(
    file: URL?, environment: [String: String] = ProcessInfo.processInfo.environment,
    flags: [(path: String, value: String)] = [], defaults: [(path: String, value: String)] = []
  ) throws -> Configuration {
    let source = file?.path ?? "command line"
    let (data, object) = try file.map { try read($0) } ?? (nil, [:])
    let defaults = defaults.map { (path: $0.path, value: $0.value, source: "command line: --default") }
    let settings =
      try variables(in: environment) + flags.map { (path: $0.path, value: $0.value, source: "command line") }

    // What all others are laid over.
    let presetKey = ConfigurationKey.of(\.preset)
    func last(_ settings: [(path: String, value: String, source: String)]) -> (value: String, source: String)? {
      settings.last { $0.path == presetKey.path }.map { ($0.value, $0.source) }
    }
    let named = last(settings) ?? (object[presetKey.path] as? String).map { ($0, source) } ?? last(defaults)
    guard let preset = named.map({ Preset(rawValue: $0.value) }) ?? .small else {
      let (name, source) = named ?? ("", source)
      throw ConfigurationError(
        "\(source): \(presetKey) is \(name), must be one of \(presetKey.words.joined(separator: ", "))")
    }

    var values = ConfigurationValues()
    values.file = data
    for setting in defaults { try values.lay(setting.path, setting.value, source: setting.source) }
    try values.lay(object, source: source, folder: file.flatMap(folder(of:)))
    for setting in settings { try values.lay(setting.path, setting.value, source: setting.source) }
    return try values.configuration(over: preset, source: source)
  }

  /// Checks all values.
  ///
  /// - Parameters:
  ///   - source: returns where the value of a key comes from.
  ///   - place: returns the line and column there of what has a path, be it the key's or a part's; nil where it has none.
  /// - Throws: ``ConfigurationError`` for the first value that is not allowed.
  package func validate(
    source: (ConfigurationKey) -> String, place: (ConfigurationKey, String) -> String? = { _, _ in nil }
  ) throws {
    for key in ConfigurationKey.all {
      if let fault = key.fault(in: self) {
        throw fault.error(at: key, source: source(key)) { place(key, $0) }
      }
    }
  }

  /// Returns the folder that relative paths of a file are relative to; nil for the working folder.
  private static func folder(of file: URL) -> URL? {
    let path = file.standardizedFileURL.path
    // Whatever standard input and the shell's `<(…)` are, they lie among the system's devices.
    guard !path.hasPrefix("/dev/"), !path.hasPrefix("/proc/"), (try? FileStatus(file.path).kind) == .file else {
      return nil
    }
    return file.deletingLastPathComponent()
  }

  /// Returns the settings that environment variables give.
  private static func variables(in environment: [String: String]) throws
    -> [(path: String, value: String, source: String)]
  {
    let paths = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.variable, $0.path) })
    return try environment.sorted { $0.key < $1.key }
      .filter { name, _ in
        name.hasPrefix("LOPT_") && !name.hasPrefix("LOPT_TEST_") && !otherVariables.contains(name)
      }
      .map { name, value in
        guard let path = paths[name] else { throw ConfigurationError("environment: unknown variable \(name)") }
        return (path, value, "environment: \(name)")
      }
  }

  /// Returns the text of a file, and the JSON object that it is.
  private static func read(_ file: URL) throws -> (Data?, [String: Any]) {
    let data: Data
    do { data = try FileReading.data(file, atMost: FileReading.mostOfText) } catch {
      throw ConfigurationError("\(error); name a configuration file with --config")
    }
    do { try JSONFault.check(data) } catch {
      if let number = error.number, let key = ConfigurationKey.leading(to: number.path) {
        throw key.fault(ofNumber: number.text, part: String(number.path.dropFirst(key.path.count)))
          .error(at: key, source: file.path) { _ in "line \(error.line), column \(error.column)" }
      }
      throw ConfigurationError("\(file.path): not JSON: \(error)")
    }
    do {
      guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
        throw ConfigurationError("\(file.path): must be a JSON object")
      }
      return (data, object)
    } catch let error as ConfigurationError {
      throw error
    } catch {
      let detail = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "\(error)"
      throw ConfigurationError("\(file.path): not JSON: \(detail)")
    }
  }
}
