import Files
import Foundation
import Hummingbird
import Settings

/// An address on which the daemon serves, and the requests that it admits there.
struct Listener: Sendable {
  enum Address: Sendable {
    case tcp(host: String, port: Int)
    case unix(path: String)
  }

  var address: Address
  var access: Access
  /// The certificate and key of TLS; nil for no TLS.
  var certificates: Certificates?

  /// Returns all listeners that a configuration names.
  ///
  /// - Throws: ``ConfigurationError`` where the file of a token, certificate, key or socket is not what it should be.
  static func all(_ settings: Configuration.HTTP) throws -> [Listener] {
    var listeners: [Listener] = []
    if let path = settings.socket {
      try requireSocketOrNothing(path)
      listeners.append(Listener(address: .unix(path: path), access: .everything))
    }
    if settings.tcp {
      let token = try settings.tokenFile.map { try BearerToken(path: $0) }
      var certificates: Certificates?
      if let certificate = settings.tls.certificate, let key = settings.tls.key {
        certificates = try Certificates(certificate: certificate, key: key)
      }
      listeners.append(
        Listener(
          address: .tcp(host: settings.host, port: settings.port), access: token.map { .token($0) } ?? .reading,
          certificates: certificates))
    }
    return listeners
  }

  /// Checks that no file lies where the socket will. A socket there is replaced, but a file may be somebody's.
  private static func requireSocketOrNothing(_ path: String) throws {
    guard let status = try? FileStatus(path, followingLinks: false), status.kind != .socket else { return }
    throw ConfigurationError(\.http.socket, "\(path) is there already, and is no socket; choose another path")
  }

  /// Reads the files of token, certificate and key again.
  /// - Throws: ``ConfigurationError`` where one is not what it should be; what is in use stays then.
  func reload() throws {
    if case .token(let token) = access { try token.reload() }
    try certificates?.reload()
  }

  var bindAddress: BindAddress {
    switch address {
    case .tcp(let host, let port): .hostname(host, port: port)
    case .unix(let path): .unixDomainSocket(path: path)
    }
  }

  /// Returns the address as a user writes it, once it is bound.
  ///
  /// - Parameter port: the port that was taken; nil for the configured one.
  func name(port: Int?) -> String {
    switch address {
    case .tcp(let host, let configured):
      let literal = host.contains(":") ? "[\(host)]" : host
      return "\(certificates == nil ? "http" : "https")://\(literal):\(port ?? configured)"
    case .unix(let path): return "unix:\(path)"
    }
  }
}
