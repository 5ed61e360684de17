/// A fault of the value of a key.
struct Fault: Error {
  /// The part of the value that has the fault, as it follows the key: `[0].weight`. It is empty for the whole value.
  var part: String
  /// The group of keys that has the fault in place of the key, for example `http.tls`; nil for the key itself.
  var group: String?
  /// The words that follow the key: `must be above 0`. They are nil where there is no key of that name.
  var text: String?

  init(_ text: String?, part: String = "", group: String? = nil) {
    self.text = text
    self.part = part
    self.group = group
  }

  /// Returns the error that names the key.
  ///
  /// - Parameters:
  ///   - source: where the value comes from.
  ///   - place: returns the line and column in the source of what has a path; nil where it has none.
  func error(
    at key: ConfigurationKey, source: String, place: (String) -> String? = { _ in nil }
  ) -> ConfigurationError {
    let path = (group ?? key.path) + part
    let position = (place(path) ?? place(key.path)).map { " (\($0))" } ?? ""
    return ConfigurationError(
      "\(source): " + (text.map { "\(path) \($0)" } ?? "unknown key \(path)") + position)
  }
}

/// A condition on the value of a key, besides its type.
struct Rule<Value: Sendable>: Sendable {
  /// The words of its fault, where they are the same for every value; otherwise nil.
  var text: String?
  /// Returns the fault of a value in a configuration, on which it may depend; nil where the rule is kept.
  var fault: @Sendable (Value, Configuration) -> Fault?

  /// Makes a rule whose fault tells of the value, or of a part of it.
  static func fault(_ find: @escaping @Sendable (Value, Configuration) -> Fault?) -> Rule {
    Rule(text: nil, fault: find)
  }

  /// Makes a rule about the value and others.
  static func must(_ be: String, given holds: @escaping @Sendable (Value, Configuration) -> Bool) -> Rule {
    let text = "must \(be)"
    return Rule(text: text) { holds($0, $1) ? nil : Fault(text) }
  }

  /// Makes a rule about the value alone.
  static func must(_ be: String, _ holds: @escaping @Sendable (Value) -> Bool) -> Rule {
    must(be, given: { value, _ in holds(value) })
  }

  /// Makes a rule about a value that may be absent.
  static func ifThere<Wrapped>(_ rule: Rule<Wrapped>) -> Rule where Value == Wrapped? {
    Rule(text: rule.text) { value, configuration in value.flatMap { rule.fault($0, configuration) } }
  }
}

extension Rule where Value: Comparable {
  static func range(_ range: ClosedRange<Value>) -> Rule { must("be in \(range.words)", range.contains) }
}

extension Rule where Value == Int {
  /// The largest number of anything. More is a slip of the pen, and sums and products of smaller numbers fit every
  /// type.
  static var most: Int { 1_000_000_000 }
  /// The largest number of pairs, as workers are numbered with 16 bits.
  static var mostPairs: Int { 65_536 }
}

extension Rule where Value: BinaryFloatingPoint {
  /// The rule for a positive number. In single precision, too, it is above 0, and its square is finite.
  static var positive: Rule { range(1e-30...1e16) }
  static var belowOne: Rule { must("be in 0 … 1, 1 excluded") { (0..<1).contains($0) } }
}

extension Rule where Value == Double {
  /// The rule for a length of time: from a millisecond to a year.
  static var seconds: Rule { range(0.001...31_536_000) }
}

extension ClosedRange {
  /// The ends of the range for messages, as the configuration spells numbers: `1 … 1024`, `1e-30 … 1e16`.
  var words: String {
    func text(_ end: Bound) -> String { "\(end)".replacing(/\.0$|\+/, with: "") }
    return "\(text(lowerBound)) … \(text(upperBound))"
  }
}
