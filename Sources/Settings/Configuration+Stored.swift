import Files
package import Foundation

extension Configuration {
  /// Reads the configuration that a run's state remembers; nil where it does not decode, or has a key twice.
  ///
  /// Settings that the program that wrote it did not know have the preset's values, but for those whose key says what
  /// was before it came (``ConfigurationKey/isKept``).
  package init?(stored: Data) {
    guard (try? JSONFault.check(stored)) != nil,
      let object = try? JSONSerialization.jsonObject(with: stored) as? [String: Any],
      let preset = (object["preset"] as? String).flatMap({ Preset(rawValue: $0) }),
      let base = try? JSONSerialization.jsonObject(with: JSONEncoder().encode(Self.before(preset))),
      let whole = try? JSONSerialization.data(withJSONObject: Self.laid(object, over: base)),
      let decoded = try? JSONDecoder().decode(Configuration.self, from: whole)
    else { return nil }
    self = decoded
  }

  /// Returns the configuration with what the state of its run has for keys that it does not give itself, of those that
  /// a run keeps (``ConfigurationKey/isKept``).
  package func keeping(_ state: Configuration) -> Configuration {
    var configuration = self
    for key in ConfigurationKey.all where key.isKept && !given.contains(key.path) {
      key.copy(from: state, to: &configuration)
    }
    return configuration
  }

  /// Returns what a preset was before keys came that have a value of their own for that time.
  private static func before(_ preset: Preset) -> Configuration {
    var configuration = Configuration(preset: preset)
    for key in ConfigurationKey.all where key.isKept { key.setToBefore(in: &configuration) }
    return configuration
  }

  private static func laid(_ value: Any, over base: Any) -> Any {
    guard let value = value as? [String: Any], let base = base as? [String: Any] else { return value }
    return base.merging(value) { laid($1, over: $0) }
  }
}
