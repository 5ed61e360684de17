package import ArgumentParser
import Foundation

/// The options of the tools that train: the configuration's file, and settings that win over it.
package struct ConfigurationFlags: ParsableArguments {
  @Option(help: ArgumentHelp("The configuration, a JSON file.", valueName: "file"))
  var config: String

  @Option(help: "The folder of the run's state.")
  var state: String?

  @Option(help: ArgumentHelp("A data set's folder; may be given several times.", valueName: "folder"))
  var datasets: [String] = []

  @Option(help: "The inner problem, such as mlp2x32.")
  var problem: String?

  @Option(help: "The settings to begin with: small or paper.")
  var preset: String?

  @Option(help: "The seed of all randomness.")
  var seed: String?

  @Option(help: "Threads that compute; 0: one for each core.")
  var threads: String?

  @Option(help: "Outer-iterations after which the run ends.")
  var outerIterations: String?

  @Option(help: "A snapshot, or an exported state, that a new run begins with.")
  var startFrom: String?

  @Option(help: "The address that the daemon serves on.")
  var httpHost: String?

  @Option(help: "The port that the daemon serves on; 0: any that is free.")
  var httpPort: String?

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

  package init() {}

  package func validate() throws {
    for (option, given) in [("--set", settings), ("--default", defaults)] {
      if let wrong = given.first(where: { !$0.contains("=") }) {
        throw ValidationError("\(option) \(wrong): must be KEY=VALUE, for example outer.learning_rate=0.002")
      }
    }
  }

  /// The configuration that the file, the environment and these options make.
  package func load() throws -> Configuration { try loader() }

  /// Makes the configuration anew each time: the file may have changed.
  package var loader: @Sendable () throws -> Configuration {
    let defaults = defaults.map(Self.setting)
    return { [config, overrides] in
      try Configuration.load(file: URL(filePath: config), flags: overrides, defaults: defaults)
    }
  }

  /// The settings that were given, by key; later ones win.
  var overrides: [(path: String, value: String)] {
    let named: [(String, String?)] = [
      ("state", state), ("problem", problem), ("preset", preset), ("seed", seed), ("threads", threads),
      ("outer_iterations", outerIterations), ("start_from", startFrom), ("http.host", httpHost),
      ("http.port", httpPort),
    ]
    var overrides = named.compactMap { key, value in value.map { (path: key, value: $0) } }
    if !datasets.isEmpty, let list = try? JSONEncoder().encode(datasets) {
      overrides.append(("datasets", String(decoding: list, as: UTF8.self)))
    }
    return overrides + settings.map(Self.setting)
  }

  /// The parts of KEY=VALUE.
  private static func setting(_ text: String) -> (path: String, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts[0]), String(parts[1]))
  }
}
