package import Foundation

/// The first fault of a JSON text: where it is, and what is wrong.
///
/// Foundation's reader does not say where a fault is, and where an object has a key twice it drops one of the values
/// without a word. This looks only for faults; values are Foundation's.
package struct JSONFault: Error, Equatable, CustomStringConvertible {
  /// The line, from 1.
  package var line: Int
  /// The place in the line in Unicode scalars, from 1.
  package var column: Int
  /// What is wrong there.
  package var reason: String
  /// The number that no type of Swift holds, where that is the fault; otherwise nil.
  package var number: Number?

  /// A number that is too large.
  package struct Number: Equatable, Sendable {
    /// The number as it is written.
    package var text: String
    /// The place of the number in the document, as in `outer.sigma` and `datasets[0].weight`.
    package var path: String
  }

  /// The place and the reason, as part of a sentence.
  package var description: String { "line \(line), column \(column): \(reason)" }

  /// Looks for a fault in UTF-8, or in UTF-16 or UTF-32 with or without a byte order mark.
  ///
  /// A comma after the last value of an array or object is none, as Foundation's reader takes it.
  /// - Throws: the first fault.
  package static func check(_ data: Data) throws(JSONFault) {
    var scanner = JSONScanner(text(of: data))
    try scanner.document()
  }

  /// Returns the line and the column, from 1, of a value in a JSON text without faults; nil where it has none at that place.
  /// - Parameter path: the place of the value in the document, as in `outer.sigma` and `datasets[0].weight`.
  package static func place(of path: String, in data: Data) -> (line: Int, column: Int)? {
    var scanner = JSONScanner(text(of: data))
    scanner.wanted = path
    guard (try? scanner.document()) != nil else { return nil }
    return scanner.found.map(scanner.lineAndColumn)
  }

  /// Returns the text of bytes in the encoding that the mark, or the zeros of the first characters, tell of.
  private static func text(of data: Data) -> String {
    let start = [UInt8](data.prefix(4))
    let encoding: String.Encoding? =
      switch start.map({ $0 == 0 }) {
      case [true, true, false, false], [true, true, true, false]: .utf32
      case [false, false, true, true], [false, true, true, true]: start[1] == 0 ? .utf32LittleEndian : .utf32
      case [false, true, false, true], [false, true, false, false]: .utf16LittleEndian
      case [true, false, true, false], [true, false, false, false]: .utf16BigEndian
      default: data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) ? .utf16 : nil
      }
    return encoding.flatMap { String(data: data, encoding: $0) } ?? String(decoding: data, as: UTF8.self)
  }
}

/// A pass over a JSON text (RFC 8259) that stops at its first fault.
private struct JSONScanner {
  /// The most levels of arrays and objects, as Foundation's reader takes.
  private static let deepest = 512

  private let scalars: [Unicode.Scalar]
  private var position = 0
  /// The place of the value that is being passed.
  private var path = ""
  /// The place of the value to look for.
  var wanted: String?
  /// Where the value that is looked for begins.
  private(set) var found: Int?

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { position = 1 }
  }

  mutating func document() throws(JSONFault) {
    skipSpace()
    try value(depth: 0)
    skipSpace()
    if position < scalars.count { throw fault("something stands behind the end of the value") }
  }

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private func fault(_ reason: String, at place: Int? = nil) -> JSONFault {
    let (line, column) = lineAndColumn(of: place ?? position)
    return JSONFault(line: line, column: column, reason: reason)
  }

  func lineAndColumn(of place: Int) -> (line: Int, column: Int) {
    var (line, start) = (1, scalars.first == "\u{FEFF}" ? 1 : 0)
    for index in 0..<min(place, scalars.count)
    where scalars[index] == "\n" || scalars[index] == "\r" && (index + 1 == scalars.count || scalars[index + 1] != "\n")
    {
      (line, start) = (line + 1, index + 1)
    }
    return (line, place - start + 1)
  }

  /// Returns the fault of something that is not what must stand here.
  private func unexpected(_ wanted: String) -> JSONFault {
    guard let next else { return fault("the text ends where \(wanted) must stand") }
    if next == "/" || next == "#" { return fault("JSON has no comments: \(wanted) must stand here") }
    if next == "'" || next == "\u{201C}" || next == "\u{201D}" {
      return fault("text stands in straight double quotes: \(wanted) must stand here")
    }
    return fault(
      "\(wanted) must stand here, not \(next.isPrintable ? "\(next)" : "a control character")")
  }

  private mutating func skipSpace() {
    while let next, [" ", "\t", "\n", "\r"].contains(next) { position += 1 }
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONFault) {
    guard depth <= Self.deepest else { throw fault("more than \(Self.deepest) levels of arrays and objects") }
    guard let next else { throw unexpected("a value") }
    if path == wanted { found = position }
    switch next {
    case "{": try object(depth: depth)
    case "[": try array(depth: depth)
    case "\"": _ = try string()
    case "-", "0"..."9": try number()
    default: try word()
    }
  }

  private mutating func object(depth: Int) throws(JSONFault) {
    position += 1
    let outer = path
    defer { path = outer }
    var places: [[Unicode.Scalar]: Int] = [:]
    skipSpace()
    while !take("}") {
      let place = position
      guard next == "\"" else { throw unexpected("a key in double quotes, or }") }
      let key = try string()
      if let first = places.updateValue(place, forKey: key) {
        let (line, column) = lineAndColumn(of: first)
        throw fault(
          "the key \(String(String.UnicodeScalarView(key)).printable()) is there for the second time, after line \(line), column \(column): "
            + "keep one, with all that both hold", at: place)
      }
      path = (outer.isEmpty ? "" : outer + ".") + String(String.UnicodeScalarView(key))
      skipSpace()
      guard take(":") else { throw unexpected("a colon") }
      skipSpace()
      try value(depth: depth + 1)
      skipSpace()
      if take(",") { skipSpace() } else if next != "}" { throw unexpected("a comma or }") }
    }
  }

  private mutating func array(depth: Int) throws(JSONFault) {
    position += 1
    let outer = path
    defer { path = outer }
    var index = 0
    skipSpace()
    while !take("]") {
      path = "\(outer)[\(index)]"
      index += 1
      try value(depth: depth + 1)
      skipSpace()
      if take(",") { skipSpace() } else if next != "]" { throw unexpected("a comma or ]") }
    }
  }

  /// Passes a text, and returns it without its escapes.
  private mutating func string() throws(JSONFault) -> [Unicode.Scalar] {
    let start = position
    position += 1
    var text: [Unicode.Scalar] = []
    while let scalar = next {
      position += 1
      switch scalar {
      case "\"": return text
      case "\\": try escape(into: &text)
      case "\0"..<" ": throw fault("a control character in a text: write it with \\u", at: position - 1)
      default: text.append(scalar)
      }
    }
    throw fault("a text begins here that does not end", at: start)
  }

  private mutating func escape(into text: inout [Unicode.Scalar]) throws(JSONFault) {
    let start = position - 1
    let simple: [Unicode.Scalar: Unicode.Scalar] = [
      "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{c}", "n": "\n", "r": "\r", "t": "\t",
    ]
    guard let scalar = next else { return }
    position += 1
    if let meant = simple[scalar] { return text.append(meant) }
    guard scalar == "u" else { throw fault("\\\(String(scalar).printable()) is no escape of JSON", at: start) }
    var units = [try unit(start)]
    if UTF16.isLeadSurrogate(units[0]) {
      guard take("\\"), take("u") else { throw fault("half of a pair of \\u", at: start) }
      units.append(try unit(start))
    }
    guard let decoded = String(validating: units, as: UTF16.self) else {
      throw fault("half of a pair of \\u", at: start)
    }
    text.append(contentsOf: decoded.unicodeScalars)
  }

  private mutating func unit(_ start: Int) throws(JSONFault) -> UInt16 {
    let digits = String(String.UnicodeScalarView(scalars[position...].prefix(4)))
    guard digits.utf8.count == 4, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
      let unit = UInt16(digits, radix: 16)
    else { throw fault("\\u takes four hexadecimal digits", at: start) }
    position += 4
    return unit
  }

  private mutating func number() throws(JSONFault) {
    let start = position
    while let next, ("0"..."9").contains(next) || ["+", "-", ".", "e", "E"].contains(next) { position += 1 }
    let text = String(String.UnicodeScalarView(scalars[start..<position]))
    guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil else {
      throw fault("\(text) is no number of JSON", at: start)
    }
    if Double(text)?.isFinite != true {
      let place = path.isEmpty ? "" : " of \(path.printable())"
      var fault = fault("the number \(text)\(place) is too large", at: start)
      fault.number = JSONFault.Number(text: text, path: path)
      throw fault
    }
  }

  private mutating func word() throws(JSONFault) {
    let start = position
    while let next, next.properties.isAlphabetic { position += 1 }
    let word = String(String.UnicodeScalarView(scalars[start..<position]))
    if ["true", "false", "null"].contains(word) { return }
    position = start
    throw word.isEmpty ? unexpected("a value") : fault("\(word) is no value of JSON: a text stands in double quotes")
  }
}
