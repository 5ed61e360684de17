import ArgumentParser
import Engine
import Files
import Foundation
import TestSupport
import Testing

@testable import Settings

/// The table of keys is whole, and what comes from it agrees with it.
@Suite struct ConfigurationKeyTests {
  /// A configuration in which everything that may be absent is there.
  static let full = {
    var configuration = Configuration(preset: .small)
    configuration.outerIterations = 7
    configuration.startFrom = "/from"
    configuration.http.socket = "/socket"
    configuration.http.tokenFile = "/token"
    configuration.http.readTokenFile = "/reading"
    configuration.http.tls.certificate = "/certificate"
    configuration.http.tls.key = "/key"
    configuration.snapshot.signingKeyFile = "/signing"
    configuration.inner.lossClip = 20
    configuration.outer.initialCut = 3
    configuration.inner.optimizer.timeFrozenAt = 500
    configuration.inner.optimizer.scaleByRms = true
    configuration.inner.optimizer.rawMomentum = true
    configuration.evaluation.suite = "/suite"
    configuration.evaluation.datasets = ["d": "/d"]
    return configuration
  }()

  /// The paths of all values of an object, in snake case.
  private func paths(_ object: [String: Any], under group: String = "") -> [String] {
    object.flatMap { name, value in
      let path = group + name.reduce("") { $0 + ($1.isUppercase ? "_" + $1.lowercased() : String($1)) }
      guard let group = value as? [String: Any], ConfigurationKey.byPath[path] == nil else { return [path] }
      return paths(group, under: path + ".")
    }
  }

  @Test("every property that a state records has a key, which is its path in snake case")
  func everyProperty() throws {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(Self.full)) as? [String: Any]
    #expect(try paths(#require(object)).sorted() == ConfigurationKey.sorted.map(\.path))
  }

  @Test("a key reads back what it writes, into its own property and no other", arguments: ConfigurationKey.all)
  func readsAndWrites(key: ConfigurationKey) throws {
    var source = Configuration(preset: .paper)
    source.seed = .max
    source.datasets = [.init(path: "/a"), .init(path: "/b", weight: 0.1 + 0.2)]
    source.problem = [.init(name: "mlp2x32", dataset: "/a")]
    let value = try JSONSerialization.jsonObject(with: Data(key.json(in: source).utf8), options: .fragmentsAllowed)
    var read = Self.full
    try key.set(value, in: &read)
    #expect(try key.json(in: read) == key.json(in: source))
    var copied = Self.full
    key.copy(from: source, to: &copied)
    #expect(copied == read)
    for other in ConfigurationKey.all where other.path != key.path {
      #expect(try other.json(in: read) == other.json(in: Self.full), "\(other)")
    }
  }

  @Test("each option of its own sets the key that it is named for, with the text of the table as help")
  func options() throws {
    let keyed = try ConfigurationFlags.parse(["--config", "c"]).keyed.map(\.key)
    #expect(keyed.count == 10)
    let help = ConfigurationFlags.helpMessage(columns: 1_000)
    for key in keyed {
      #expect(help.contains("--\(key.optionName) <") && help.contains("\(key.text)\n"), "\(key)")
      let flags = try ConfigurationFlags.parse(["--config", "c", "--\(key.optionName)", "7"])
      #expect(flags.overrides.map(\.path) == [key.path])
      #expect(flags.overrides.map(\.value) == [key.path == "datasets" ? #"["7"]"# : "7"])
    }
  }

  @Test(
    "what a key says of others names keys that there are, and names all of its words", arguments: ConfigurationKey.all)
  func namesOthers(key: ConfigurationKey) {
    let text = ([key.text, key.more] + key.rules).joined(separator: " ")
    for match in text.matches(of: /\b(?:evaluation|http|inner|outer|snapshot)\.[a-z_.]*[a-z_]/)
    where match.output != "http.md" {
      #expect(ConfigurationKey.byPath[String(match.output)] != nil, "\(key): \(match.output)")
    }
    for word in key.words { #expect(text.contains(word), "\(key): \(word)") }
  }

  @Test("no preset breaks a rule, but for what is required", arguments: Configuration.Preset.allCases)
  func presets(preset: Configuration.Preset) {
    let broken = ConfigurationKey.all.filter { $0.fault(in: Configuration(preset: preset)) != nil }
    #expect(broken.map(\.path) == ["datasets", "state"])
    #expect(broken.allSatisfy { $0.absence == "required" })
  }

  @Test("a name with a dot is no key, and a group is none")
  func notKeys() throws {
    for (object, message) in [
      (
        ["outer.sigma": 1.0] as [String: Any],
        "file: the key outer.sigma is written as objects in a file: {\"outer\": {\"sigma\": …}}"
      ),
      (["outer": ["clipp": 1]], "file: unknown key outer.clipp; did you mean outer.clip.at?"),
      (
        ["http": ["tls": true]], "file: http.tls must be an object with the keys certificate, key, terminated_elsewhere"
      ),
    ] {
      var values = ConfigurationValues()
      let error = #expect(throws: ConfigurationError.self) { try values.lay(object, source: "file", folder: nil) }
      #expect(error?.description == message)
    }
    var values = ConfigurationValues()
    #expect(throws: ConfigurationError.self) { try values.lay("outer", "{}", source: "command line") }
  }
}
