/// A JSON document whose objects keep the order of their keys and whose numbers keep their digits. It is for files that
/// people read from top to bottom.
public indirect enum JSONValue: Sendable, Equatable {
  /// A key of an object with its value.
  public struct Member: Sendable, Equatable {
    /// The key, unescaped.
    public var key: String
    /// The value.
    public var value: JSONValue

    /// Makes a member of an object.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The value `null`.
  case null
  /// The value `true` or `false`.
  case bool(Bool)
  /// A number, by its digits as JSON writes it.
  case number(String)
  /// A text, unescaped.
  case string(String)
  /// An array of values.
  case array([JSONValue])
  /// An object, its members in the order in which they are written.
  case object([Member])

  /// Returns a whole number as a value.
  public static func number(_ value: Int) -> JSONValue { .number(String(value)) }

  /// Returns a text as a value; null where it is nil.
  public static func string(_ text: String?) -> JSONValue { text.map { JSONValue.string($0) } ?? .null }

  /// Returns an array of texts as a value.
  public static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

  /// Returns an array of whole numbers as a value.
  public static func numbers(_ values: [Int]) -> JSONValue { .array(values.map { .number($0) }) }

  /// The members of an object; nil where it is something else.
  public var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// Returns the same object without some of its keys; another value as it is.
  public func without(_ keys: Set<String>) -> JSONValue {
    guard let members else { return self }
    return .object(members.filter { !keys.contains($0.key) })
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  /// Makes an object from a dictionary literal, whose order it keeps.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0, $1) })
  }
}

extension JSONValue: Decodable {
  /// Reads any JSON. Swift's decoder forgets the order of keys, so they come out sorted.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .number("\(value)")
    } else if let value = try? container.decode(UInt64.self) {
      self = .number("\(value)")
    } else if let value = try? container.decode(Double.self) {
      self = .number("\(value)")
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let values = try? container.decode([JSONValue].self) {
      self = .array(values)
    } else {
      let values = try container.decode([String: JSONValue].self)
      self = .object(values.sorted { $0.key < $1.key }.map { Member($0.key, $0.value) })
    }
  }
}

extension JSONValue {
  /// The document, one value a line, each level indented by two spaces; without a newline at the end.
  public var text: String { text(indentation: "") }

  private func text(indentation: String) -> String {
    let inner = indentation + "  "
    func list(_ open: String, _ items: [String], _ close: String) -> String {
      guard !items.isEmpty else { return open + close }
      return "\(open)\n" + items.map { inner + $0 }.joined(separator: ",\n") + "\n\(indentation)\(close)"
    }
    return switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let digits): digits
    case .string(let text): Self.quoted(text)
    case .array(let values): list("[", values.map { $0.text(indentation: inner) }, "]")
    case .object(let members):
      list("{", members.map { "\(Self.quoted($0.key)): \($0.value.text(indentation: inner))" }, "}")
    }
  }

  /// A string as JSON: only what must be escaped is.
  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      case "\u{8}": "\\b"
      case "\u{c}": "\\f"
      case "\0"..<" ":
        "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}
