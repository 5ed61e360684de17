import Engine
package import Foundation

extension Configuration {
  /// The keys that take one of a few words.
  private static let choices: [String: [String]] = [
    "preset": Preset.allCases.map(\.rawValue),
    "outer.estimator": OuterSettings.Estimator.allCases.map(\.rawValue),
    "outer.objective": Objective.allCases.map(\.rawValue),
    "outer.loss": OuterSettings.Loss.allCases.map(\.rawValue),
    "outer.clip.by": OuterSettings.Clip.Kind.allCases.map(\.rawValue),
    "inner.optimizer.features": Architecture.FeatureGroup.allCases.map(\.rawValue),
  ]

  /// Decodes a tree that has every key.
  ///
  /// - Parameter source: where the value of a key comes from.
  init(_ tree: ConfigurationTree, source: (String) -> String) throws {
    do {
      self = try Self.decode(tree)
    } catch let error as DecodingError {
      let (key, rule) = try Self.fault(error, in: tree)
      throw ConfigurationError("\(source(key)): \(key) \(rule)")
    }
  }

  private static func decode(_ tree: ConfigurationTree) throws -> Configuration {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Configuration.self, from: JSONSerialization.data(withJSONObject: tree.root))
  }

  /// The configuration that a run's state remembers, encoded as it is; what the tool that wrote it did not know yet has
  /// the preset's value. Nil where it does not decode.
  package init?(stored: Data) {
    guard let object = try? JSONSerialization.jsonObject(with: stored) as? [String: Any],
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

  /// The key that does not decode, and what is wrong with it.
  private static func fault(_ error: DecodingError, in tree: ConfigurationTree) throws -> (key: String, rule: String) {
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return (path(context.codingPath), "must be \(name(of: type))")
    case .keyNotFound(let key, let context):
      return (path(context.codingPath), "lacks \(key.stringValue)")
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      let key = path(context.codingPath)
      let words = choices[String(key.prefix { $0 != "[" })] ?? []
      return (key, "must be one of \(words.joined(separator: ", "))")
    default:
      // A number that its type cannot hold: the decoder does not say whose. It is the one that fails alone.
      let key = try tree.paths.first { key in
        var alone = try ConfigurationTree(Configuration(preset: .small))
        try alone.set(key, to: tree.text(key), source: "")
        return (try? decode(alone)) == nil
      }
      guard let key else { throw error }
      return (key, "is \(tree.text(key)): too large or too small, or not a whole number where one is needed")
    }
  }

  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Bool.Type: "true or false"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is any RawRepresentable.Type: "a string"
    default: "an array"
    }
  }

  /// `outer.clip.at` of a coding path.
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce("") { path, key in
      if let index = key.intValue { return path + "[\(index)]" }
      let snake = key.stringValue.reduce("") { $0 + ($1.isUppercase ? "_" + $1.lowercased() : String($1)) }
      return path.isEmpty ? snake : path + "." + snake
    }
  }
}
