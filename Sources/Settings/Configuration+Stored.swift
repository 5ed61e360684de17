import Files
package import Foundation

extension Configuration {
  /// Reads the configuration that a run's state remembers; nil where it does not decode, or has a key twice.
  ///
  /// Settings that the program that wrote it did not know have the preset's values.
  package init?(stored: Data) {
    guard (try? JSONFault.check(stored)) != nil,
      let object = try? JSONSerialization.jsonObject(with: stored) as? [String: Any],
      let preset = (object["preset"] as? String).flatMap({ Preset(rawValue: $0) }),
      let base = try? JSONSerialization.jsonObject(with: JSONEncoder().encode(Configuration(preset: preset))),
      let whole = try? JSONSerialization.data(withJSONObject: Self.laid(object, over: base)),
      let decoded = try? JSONDecoder().decode(Configuration.self, from: whole)
    else { return nil }
    self = decoded
  }

  private static func laid(_ value: Any, over base: Any) -> Any {
    guard let value = value as? [String: Any], let base = base as? [String: Any] else { return value }
    return base.merging(value) { laid($1, over: $0) }
  }
}
