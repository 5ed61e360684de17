import Foundation
import Snapshots

/// The place where a daemon, or what it wrote, is reached.
public enum DaemonAddress: Sendable, Equatable, CustomStringConvertible {
  /// The daemon at `http://HOST:PORT` or the same with https, without a slash at the end.
  case http(String)
  /// The daemon behind the Unix socket of a path.
  case socket(String)
  /// The state folder of a path. Snapshots are read from it without a daemon; for all else it stands for the socket in it.
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

  /// The address at which the daemon itself is reached: of a state folder the socket that is in it.
  var served: DaemonAddress {
    guard case .state(let folder) = self else { return self }
    return .socket(StateFolder(URL(filePath: folder)).socket.path)
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

  /// The host and the port of an https address; nil for any other.
  var endpoint: (host: String, port: Int)? {
    guard case .http(let base) = self, let url = URL(string: base), url.scheme?.lowercased() == "https",
      let host = url.host
    else { return nil }
    return (host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")), url.port ?? 443)
  }

  /// Returns the address to which a redirection moves this one; nil where it leads to something else than the same path
  /// at another address.
  /// - Parameters:
  ///   - location: the field `Location` of the answer, absolute or relative to what was asked for.
  ///   - path: the path that was asked for.
  func moved(to location: String, path: String) -> DaemonAddress? {
    guard case .http(let base) = self, let target = URL(string: location, relativeTo: URL(string: base + path)),
      case let text = target.absoluteString, text.hasSuffix(path),
      case .http(let other)? = DaemonAddress(String(text.dropLast(path.count))), other != base
    else { return nil }
    return .http(other)
  }
}
