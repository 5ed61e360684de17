import Foundation

/// A key of the configuration: the place of its value in a ``Configuration``, the form and the rules of the value, its
/// meaning in words, and the effect of a change on a run.
///
/// ``all`` is the only table of keys. Loading, validation, the options of the command line, the comparison with the
/// state of a run, reloading and the table in Documentation/configuration.md come from it.
package struct ConfigurationKey: Sendable, CustomStringConvertible {
  /// The effects that a changed value has on a run.
  package enum Change: Sendable {
    /// The value takes effect while the run goes on, when the configuration is read again.
    case live
    /// The value takes effect when the run goes on after a new start.
    case nextStart
    /// The value takes effect as with ``nextStart``. θ and Adam's moments stay, and every worker begins with a new
    /// task.
    case newWorkers
    /// The value is a part of what tasks are drawn from. It takes effect as with ``newWorkers`` where the tasks differ.
    case tasks
    /// The run cannot go on with another value.
    case refused
    /// The value says where a run is, how long it lasts or how it began. That is no part of what the run does: a start
    /// does not compare it with what the state recorded.
    case start
  }

  /// The key in the file, such as `outer.clip.at`.
  package let path: String
  /// The meaning of the value in one sentence, which is also the help of the key's option.
  package let text: String
  /// Further sentences for Documentation/configuration.md.
  package let more: String
  /// A word for that page in place of a preset's value; nil to show the value.
  package let absence: String?
  /// The effect that a changed value has on a run.
  package let change: Change
  /// Whether a run that goes on keeps the value that its state has, where the configuration does not give the key.
  ///
  /// So it is with keys that came after a run may have begun, whose value in a preset is not what the run did before.
  package let isKept: Bool
  /// The words that the value may be, or may have several of; empty where it is no choice.
  let words: [String]
  /// The form of the value in the file, and as text.
  let form: Form
  /// The sentences of the rules that say the same about every value, such as `must be above 0`.
  let rules: [String]

  private let property: any PartialKeyPath<Configuration> & Sendable
  private let decode: @Sendable (Data, inout Configuration) throws -> Void
  private let encode: @Sendable (Configuration, JSONEncoder) throws -> Data
  private let assign: @Sendable (Configuration, inout Configuration) -> Void
  private let assignBefore: @Sendable (inout Configuration) -> Void
  private let findFault: @Sendable (Configuration) -> Fault?

  /// Makes a key.
  ///
  /// - Parameters:
  ///   - words: the words that the value may be, or may have several of.
  ///   - before: the value of runs whose state is from before the key; nil where that is the preset's.
  ///   - rules: the conditions on the value besides its type; the first that is broken is the fault.
  init<Value: Codable & Sendable>(
    _ path: String, _ property: any WritableKeyPath<Configuration, Value> & Sendable, _ text: String, more: String = "",
    absence: String? = nil, as form: Form = .json, words: [String] = [], changed change: Change = .nextStart,
    before: Value? = nil, _ rules: Rule<Value>...
  ) {
    self.path = path
    self.property = property
    self.text = text
    self.more = more
    self.absence = absence
    self.form = form
    self.words = words
    self.change = change
    isKept = before != nil
    self.rules = rules.compactMap(\.text)
    decode = { $1[keyPath: property] = try JSONDecoder().decode(Value.self, from: $0) }
    encode = { try $1.encode($0[keyPath: property]) }
    assignBefore = { if let before { $0[keyPath: property] = before } }
    assign = { $1[keyPath: property] = $0[keyPath: property] }
    findFault = { configuration in
      rules.lazy.compactMap { $0.fault(configuration[keyPath: property], configuration) }.first
    }
  }

  /// The path of the key.
  package var description: String { path }

  /// The environment variable that sets the key, such as `LOPT_OUTER_CLIP_AT`.
  var variable: String { "LOPT_" + path.uppercased().replacingOccurrences(of: ".", with: "_") }

  /// Returns the value of this key as JSON.
  package func json(in configuration: Configuration) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encode(configuration, encoder), as: UTF8.self)
  }

  /// Copies the value of this key from `source` to `target`.
  package func copy(from source: Configuration, to target: inout Configuration) { assign(source, &target) }

  /// Gives this key the value of runs whose state is from before the key.
  func setToBefore(in configuration: inout Configuration) { assignBefore(&configuration) }

  /// Returns what is wrong with the value of this key; nil where nothing is.
  func fault(in configuration: Configuration) -> Fault? { findFault(configuration) }

  /// Sets the value of this key from JSON.
  ///
  /// - Parameter value: a value as `JSONSerialization` makes it.
  /// - Throws: ``Fault`` where it has another type.
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
      fault(ofNumber: json)
    }
  }

  /// Returns the fault of a number that the type of the value cannot hold.
  ///
  /// - Parameters:
  ///   - text: the number as it was given.
  ///   - part: the place of the number in the value.
  func fault(ofNumber text: String, part: String = "") -> Fault {
    let ranges = rules.isEmpty ? "" : ": " + rules.joined(separator: ", and ")
    return Fault("is \(text): too large or too small, or not a whole number where one is needed\(ranges)", part: part)
  }

  /// Returns the key that a path in a file leads to, or into the value of which it leads; nil where there is none.
  static func leading(to path: String) -> ConfigurationKey? {
    all.first { key in path.hasPrefix(key.path) && ["", ".", "["].contains(path.dropFirst(key.path.count).prefix(1)) }
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

  /// Returns a path in a value as messages write it, for example `[1].weight`.
  private static func part(_ path: [any CodingKey]) -> String {
    path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
  }
}

extension ConfigurationKey {
  /// Every key, in the order of Documentation/configuration.md.
  package static let all = run + evaluation + http + snapshot + outer + inner

  /// Every key, in alphabetical order of the paths.
  package static let sorted = all.sorted { $0.path < $1.path }

  /// Every key, by its path.
  static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

  /// Returns the key of a property, for messages and options.
  ///
  /// - Precondition: the property has a key: it is no group of others.
  package static func of(_ property: PartialKeyPath<Configuration>) -> ConfigurationKey {
    guard let key = all.first(where: { $0.property == property }) else { preconditionFailure("\(property) has no key") }
    return key
  }
}
