import Foundation

/// The place where a daemon, or what it wrote, is reached.
public enum DaemonAddress: Sendable, Equatable, CustomStringConvertible {
  /// The daemon at `http://HOST:PORT` or the same with https, without a slash at the end.
  case http(String)
  /// The daemon behind the Unix socket of a path.
  case socket(String)
  /// The state folder of a path, which is read without a daemon.
  case state(String)

  /// Reads an address as a user writes it: `http://…`, `https://…`, `unix:PATH`, or else a folder.
  ///
  /// It is nil for an address without a host, of another scheme, or with what no address of a daemon has: a user, a
  /// query, a fragment.
  public init?(_ text: String) {
    if let scheme = text.range(of: "://") {
      guard ["http", "https"].contains(text[..<scheme.lowerBound].lowercased()),
        let parts = URLComponents(string: text), parts.host?.isEmpty == false, parts.user == nil, parts.query == nil,
        parts.fragment == nil
      else { return nil }
      self = .http(text.hasSuffix("/") ? String(text.dropLast()) : text)
    } else if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      guard !path.isEmpty else { return nil }
      self = .socket(URL(filePath: path).path)
    } else {
      guard !text.isEmpty else { return nil }
      self = .state(text)
    }
  }

  /// The address as it is written on a command line.
  public var description: String {
    switch self {
    case .http(let base): base
    case .socket(let path): "unix:\(path)"
    case .state(let folder): folder
    }
  }

  /// Returns the URL of a path for the HTTP client; nil for a folder.
  func url(_ path: String) -> String? {
    switch self {
    case .http(let base): base + path
    // The socket's path stands for the host, every slash in it escaped.
    case .socket(let socket):
      socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics).map { "http+unix://\($0)\(path)" }
    case .state: nil
    }
  }
}
