import NIOCore

/// The rule that says for which hosts a listener without a token answers.
///
/// A page of a stranger's site runs in a browser on this machine, and the site can change what its name resolves to: to
/// 127.0.0.1 ("DNS rebinding"). The browser then lets the page read what the daemon answers, as it takes both for one
/// site. But it says the name in `Host`. So without a token the daemon answers only for what no site can be called: literal
/// addresses, `localhost`, and the names that are configured.
struct HostRule: Sendable {
  private let names: Set<String>

  /// Makes a rule.
  /// - Parameter names: the names to answer for beside addresses and `localhost`.
  init(names: [String]) { self.names = Set(names.map { Self.bare($0) }) }

  /// Returns whether requests for a host are answered.
  /// - Parameter authority: the request's `Host`, perhaps with a port; nil for none, as HTTP/1.0 allows and no browser does.
  func admits(_ authority: String?) -> Bool {
    guard let authority else { return true }
    guard let host = Self.host(of: authority) else { return false }
    return host == "localhost" || names.contains(host) || (try? SocketAddress(ipAddress: host, port: 0)) != nil
  }

  /// Returns the host of an authority without brackets and port; nil where it is none.
  static func host(of authority: String) -> String? {
    func isPort(_ text: Substring) -> Bool { text.utf8.allSatisfy { (48...57).contains($0) } }
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      let rest = authority[authority.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") && isPort(rest.dropFirst()) else { return nil }
      return String(authority[authority.index(after: authority.startIndex)..<end])
    }
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, !parts[0].isEmpty, parts.count == 1 || isPort(parts[1]) else { return nil }
    return bare(String(parts[0]))
  }

  /// Returns a name in lower case, without the dot that a whole name may end with.
  private static func bare(_ name: String) -> String {
    let lower = name.lowercased()
    return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
  }
}
