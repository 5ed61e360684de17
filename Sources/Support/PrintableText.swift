extension String {
  /// A stranger's text for a terminal: not long, and without what would steer it.
  public func printable(upTo count: Int = 300) -> String {
    String(String.UnicodeScalarView(unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(count)))
  }
}
