/// What is wrong with the value of a key.
struct Fault: Error {
  /// The part of the value that it is about, as it follows the key: `[0].weight`. Empty: all of it.
  var part: String
  /// The group of keys that it is about in place of the key: `http.tls`.
  var group: String?
  /// What is said behind the key: `must be above 0`. Nil: there is no key of that name.
  var text: String?

  init(_ text: String?, part: String = "", group: String? = nil) {
    self.text = text
    self.part = part
    self.group = group
  }

  /// The error that names the key.
  ///
  /// - Parameter source: where the value comes from.
  func error(at key: ConfigurationKey, source: String) -> ConfigurationError {
    let place = (group ?? key.path) + part
    return ConfigurationError("\(source): " + (text.map { "\(place) \($0)" } ?? "unknown key \(place)"))
  }
}

/// What a value of a key must be, beside having its type.
struct Rule<Value: Sendable>: Sendable {
  /// What a fault says, where it says the same of every value.
  var text: String?
  /// Looks at the value, and at the others where it depends on them.
  var fault: @Sendable (Value, Configuration) -> Fault?

  /// A rule whose fault tells of the value, or of a part of it.
  static func fault(_ find: @escaping @Sendable (Value, Configuration) -> Fault?) -> Rule {
    Rule(text: nil, fault: find)
  }

  /// A rule about the value and others.
  static func must(_ be: String, given holds: @escaping @Sendable (Value, Configuration) -> Bool) -> Rule {
    let text = "must \(be)"
    return Rule(text: text) { holds($0, $1) ? nil : Fault(text) }
  }

  /// A rule about the value alone.
  static func must(_ be: String, _ holds: @escaping @Sendable (Value) -> Bool) -> Rule {
    must(be, given: { value, _ in holds(value) })
  }
}

extension Rule where Value == Int {
  /// More of anything is a slip of the pen; sums and products of what is not more fit every number.
  static var most: Int { 1_000_000_000 }
  /// Workers are numbered with 16 bits.
  static var mostPairs: Int { 65_536 }

  static func range(_ range: ClosedRange<Int>) -> Rule {
    must("be in \(range.lowerBound) … \(range.upperBound)", range.contains)
  }

  static var positive: Rule { must("be above 0") { $0 > 0 } }
  static var atMost: Rule { must("be at most \(most)") { $0 <= most } }
}

extension Rule where Value: BinaryFloatingPoint {
  static var positive: Rule { must("be above 0") { $0 > 0 && $0.isFinite } }
  static var belowOne: Rule { must("be in 0 … 1, 1 excluded") { (0..<1).contains($0) } }
}

extension Rule where Value == Double {
  /// Above 0, at most a year.
  static var seconds: Rule { must("be above 0, at most 31536000") { $0 > 0 && $0 <= 31_536_000 } }
}
