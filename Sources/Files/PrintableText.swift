extension String {
  /// Whether it can be the token of an HTTP header: visible ASCII characters, without a space or a newline.
  public var isVisibleASCII: Bool { utf8.allSatisfy { (33...126).contains($0) } }

  /// A stranger's text for a terminal: not long, and without what would steer it.
  public func printable(upTo count: Int = 300) -> String {
    String(String.UnicodeScalarView(unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(count)))
  }
}
