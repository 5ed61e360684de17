import Foundation

/// One key of the configuration: where its value is in a ``Configuration``, how it is written, what it may be, what a
/// change of it means to a run, and what it says, in words.
///
/// ``all`` is the only table of keys. Loading, validation, the options of the command line, the comparison with the state
/// of a run, reloading and the table in Documentation/configuration.md come from it.
package struct ConfigurationKey: Sendable, CustomStringConvertible {
  /// What it means to a run that its configuration has another value than before.
  package enum Change: Sendable {
    /// The value takes effect while the run goes on, when the configuration is read again.
    case live
    /// The value takes effect when the run goes on after a new start.
    case nextStart
    /// As ``nextStart``; θ and Adam's moments stay, and every worker begins with a new task.
    case newWorkers
    /// The value is part of what tasks are drawn from: as ``newWorkers`` where the tasks differ, whatever the values are.
    case tasks
    /// The run cannot go on.
    case refused
    /// The value says where a run is, how long it lasts or how it began. That is no part of what the run does: a start
    /// does not compare it with what the state recorded.
    case start
  }

  /// The key in the file, such as `outer.clip.at`.
  package let path: String
  /// What the value says, in one sentence: the help of the key's option, where it has one.
  package let text: String
  /// What Documentation/configuration.md says besides.
  package let more: String
  /// What that page says in place of a preset's value; nil: the value.
  package let absence: String?
  package let change: Change
  /// The words that the value is one of, or that it has several of; empty: it is something else.
  let words: [String]
  let form: Form
  /// What each rule says to every value, such as `must be above 0`.
  let rules: [String]

  private let property: any PartialKeyPath<Configuration> & Sendable
  private let decode: @Sendable (Data, inout Configuration) throws -> Void
  private let encode: @Sendable (Configuration, JSONEncoder) throws -> Data
  private let assign: @Sendable (Configuration, inout Configuration) -> Void
  private let findFault: @Sendable (Configuration) -> Fault?

  /// - Parameters:
  ///   - words: those of a value of a few words.
  ///   - rules: what the value must be beside its type; the first that is broken is the fault.
  init<Value: Codable & Sendable>(
    _ path: String, _ property: any WritableKeyPath<Configuration, Value> & Sendable, _ text: String, more: String = "",
    absence: String? = nil, as form: Form = .json, words: [String] = [], changed change: Change = .nextStart,
    _ rules: Rule<Value>...
  ) {
    self.path = path
    self.property = property
    self.text = text
    self.more = more
    self.absence = absence
    self.form = form
    self.words = words
    self.change = change
    self.rules = rules.compactMap(\.text)
    decode = { $1[keyPath: property] = try JSONDecoder().decode(Value.self, from: $0) }
    encode = { try $1.encode($0[keyPath: property]) }
    assign = { $1[keyPath: property] = $0[keyPath: property] }
    findFault = { configuration in
      rules.lazy.compactMap { $0.fault(configuration[keyPath: property], configuration) }.first
    }
  }

  package var description: String { path }

  /// The environment variable that sets it, such as `LOPT_OUTER_CLIP_AT`.
  var variable: String { "LOPT_" + path.uppercased().replacingOccurrences(of: ".", with: "_") }

  /// The value as JSON.
  package func json(in configuration: Configuration) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encode(configuration, encoder), as: UTF8.self)
  }

  /// Gives `target` the value that `source` has.
  package func copy(from source: Configuration, to target: inout Configuration) { assign(source, &target) }

  /// What is wrong with the value, given that it has the right type; nil: nothing.
  func fault(in configuration: Configuration) -> Fault? { findFault(configuration) }

  /// Gives the configuration a value from JSON.
  ///
  /// - Parameter value: what `JSONSerialization` makes of it.
  /// - Throws: ``Fault`` where the value has another type.
  func set(_ value: Any, in configuration: inout Configuration) throws {
    let data = try JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .withoutEscapingSlashes])
    do { try decode(data, &configuration) } catch let error as DecodingError {
      throw fault(error, json: String(decoding: data, as: UTF8.self))
    }
  }

  private func fault(_ error: DecodingError, json: String) -> Fault {
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      Fault("must be \(Self.name(of: type))", part: Self.part(context.codingPath))
    case .dataCorrupted(let context) where !words.isEmpty:
      Fault("must be one of \(words.joined(separator: ", "))", part: Self.part(context.codingPath))
    default:
      // A number that its type cannot hold.
      Fault("is \(json): too large or too small, or not a whole number where one is needed")
    }
  }

  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is String.Type, is any RawRepresentable.Type: "a string"
    case is Bool.Type: "true or false"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    default: "an array"
    }
  }

  /// `[1].weight` of a path in a value.
  private static func part(_ path: [any CodingKey]) -> String {
    path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
  }
}

extension ConfigurationKey {
  /// Every key, in the order of Documentation/configuration.md.
  package static let all = run + evaluation + http + snapshot + outer + inner

  /// Every key, in alphabetical order of the paths.
  package static let sorted = all.sorted { $0.path < $1.path }

  static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

  /// The key of a property, for messages and options.
  ///
  /// - Precondition: the property has a key: it is no group of others.
  package static func of(_ property: PartialKeyPath<Configuration>) -> ConfigurationKey {
    guard let key = all.first(where: { $0.property == property }) else { preconditionFailure("\(property) has no key") }
    return key
  }
}
