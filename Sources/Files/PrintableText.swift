extension String {
  /// Whether the text can be the token of an HTTP header: visible ASCII characters, without a space or a newline.
  public var isVisibleASCII: Bool { utf8.allSatisfy { (33...126).contains($0) } }

  /// Returns a stranger's text as it may be written to a terminal: no control characters, and at most `count` scalars.
  public func printable(upTo count: Int = 300) -> String {
    String(String.UnicodeScalarView(unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(count)))
  }
}
