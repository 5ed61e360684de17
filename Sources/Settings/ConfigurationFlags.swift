import ArgumentParser
import Engine
import Foundation

/// The options of the tools that train: the configuration's file, and settings that win over it.
package struct ConfigurationFlags: ParsableArguments {
  @Option(help: ArgumentHelp("The configuration, a JSON file.", valueName: "file"), completion: .file())
  var config: String

  @Option(\.state) var state: String?
  @Option(\.datasets, valueName: "folder") var datasets: [String] = []
  @Option(\.problem) var problem: String?
  @Option(\.preset) var preset: String?
  @Option(\.seed) var seed: String?
  @Option(\.threads) var threads: String?
  @Option(\.outerIterations) var outerIterations: String?
  @Option(\.startFrom) var startFrom: String?
  @Option(\.http.host) var httpHost: String?
  @Option(\.http.port) var httpPort: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Any setting by its key, for example outer.learning_rate=0.002; may be given several times.",
      valueName: "key=value"))
  var settings: [String] = []

  @Option(
    name: .customLong("default"),
    help: ArgumentHelp(
      "What a setting is where neither file, variable nor option says it, for example http.tcp=false.",
      valueName: "key=value"))
  var defaults: [String] = []

  /// Makes options that were not given.
  package init() {}

  /// Checks that `--set` and `--default` have the form KEY=VALUE.
  /// - Throws: `ValidationError` where one has not.
  package func validate() throws {
    for (option, given) in [("--set", settings), ("--default", defaults)] {
      if let wrong = given.first(where: { !$0.contains("=") }) {
        throw ValidationError("\(option) \(wrong): must be KEY=VALUE, for example outer.learning_rate=0.002")
      }
    }
  }

  /// Returns the configuration that the file, the environment and these options make.
  /// - Throws: ``ConfigurationError`` where it cannot be used.
  package func load() throws -> Configuration { try loader() }

  /// A function that makes the configuration anew each time, as the file may have changed.
  package var loader: @Sendable () throws -> Configuration {
    let defaults = defaults.map(Self.setting)
    return { [config, overrides] in
      let file = URL(filePath: config == "-" ? "/dev/stdin" : config)
      return try Configuration.load(file: file, flags: overrides, defaults: defaults)
    }
  }

  /// The settings that were given, by key; later ones win.
  var overrides: [(path: String, value: String)] {
    keyed.compactMap { key, value in value.map { (path: key.path, value: $0) } } + settings.map(Self.setting)
  }

  /// The keys that have an option of their own, each with the value that it was given.
  var keyed: [(key: ConfigurationKey, value: String?)] {
    let list = datasets.isEmpty ? nil : try? JSONEncoder().encode(datasets)
    let options: [(PartialKeyPath<Configuration>, String?)] = [
      (\.state, state), (\.datasets, list.map { String(decoding: $0, as: UTF8.self) }), (\.problem, problem),
      (\.preset, preset), (\.seed, seed), (\.threads, threads), (\.outerIterations, outerIterations),
      (\.startFrom, startFrom), (\.http.host, httpHost), (\.http.port, httpPort),
    ]
    return options.map { (key: .of($0), value: $1) }
  }

  /// Returns the parts of KEY=VALUE.
  private static func setting(_ text: String) -> (path: String, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts[0]), String(parts[1]))
  }
}

extension ConfigurationKey {
  /// The name of the key's option, for example `http-host`.
  var optionName: String { path.replacing(/[._]/, with: "-") }

  /// What a shell offers for the key's value.
  fileprivate var completion: CompletionKind {
    if !words.isEmpty { return .list(words) }
    if case .path = form { return .file() }
    return path == ConfigurationKey.of(\.problem).path ? .list(InnerProblems.listed) : .default
  }
}

extension Option {
  /// Makes the option of a key.
  fileprivate init(_ property: PartialKeyPath<Configuration>) where Value == String? {
    let key = ConfigurationKey.of(property)
    self.init(
      name: .customLong(key.optionName), help: ArgumentHelp(stringLiteral: key.text), completion: key.completion)
  }

  /// Makes the option of a key whose value is a list, so that it may be given several times.
  fileprivate init(wrappedValue: [String], _ property: PartialKeyPath<Configuration>, valueName: String)
  where Value == [String] {
    let key = ConfigurationKey.of(property)
    self.init(
      wrappedValue: wrappedValue, name: .customLong(key.optionName), help: ArgumentHelp(key.text, valueName: valueName),
      completion: .directory)
  }
}
