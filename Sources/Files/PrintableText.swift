extension Unicode.Scalar {
  /// Whether a scalar shows as what it is, wherever it is printed: it is no control character, which a terminal may obey,
  /// no separator of lines, and none that is unseen, as those are that turn the direction of text.
  ///
  /// The two joiners, which scripts need, count as printable.
  package var isPrintable: Bool {
    if (0x20...0x7E).contains(value) { return true }
    return switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    case .format: self == "\u{200C}" || self == "\u{200D}"
    default: true
    }
  }

  /// The scalar as JSON escapes it, for example `\u001b`: one or two units of UTF-16.
  fileprivate var escaped: String {
    String(self).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}

extension String {
  /// The most scalars of a line that is told to people. Whoever sends a longer one has more to say than they can read.
  private static let longestLine = 4_000

  /// Whether the text can be the token of an HTTP header: visible ASCII characters, without a space or a newline.
  public var isVisibleASCII: Bool { utf8.allSatisfy { (33...126).contains($0) } }

  /// Returns a text, perhaps of a stranger, as a part of one line: a newline becomes a space, what is not printable is
  /// written as JSON escapes it, and behind `count` scalars comes an ellipsis.
  public func printable(upTo count: Int = 300) -> String {
    let line = unicodeScalars.prefix(count).reduce(into: "") { line, scalar in
      line += scalar.isPrintable ? String(scalar) : scalar == "\n" ? " " : scalar.escaped
    }
    return unicodeScalars.count > count ? line + "…" : line
  }

  /// The text as one line for people: see ``printable(upTo:)``.
  package var printableLine: String { printable(upTo: Self.longestLine) }

  /// The text with its lines and tabs, and everything else that is not printable as JSON escapes it. JSON stays the same
  /// value.
  package var printableLines: String {
    guard !unicodeScalars.allSatisfy({ $0.isPrintable || $0 == "\n" || $0 == "\t" }) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      text += scalar.isPrintable || scalar == "\n" || scalar == "\t" ? String(scalar) : scalar.escaped
    }
  }
}
