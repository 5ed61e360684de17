import Files
import Foundation
import Hummingbird
import Settings
import Snapshots

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
  /// Whether nobody asked for this listener: the daemon goes on where it cannot be had.
  var isOptional = false

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
      var certificates: Certificates?
      if let certificate = settings.tls.certificate, let key = settings.tls.key {
        certificates = try Certificates(
          certificate: certificate, key: key, allowsReadable: settings.allowReadableSecrets)
      }
      listeners.append(
        Listener(
          address: .tcp(host: settings.host, port: settings.port), access: try access(settings),
          certificates: certificates))
    }
    return listeners
  }

  /// Returns the listener on the Unix socket in the state folder, by which `lopt` finds the daemon of that folder; nil where a
  /// configuration names another socket. It is for the user who runs the daemon alone.
  static func besideState(_ configuration: Configuration) -> Listener? {
    guard configuration.http.socket == nil else { return nil }
    let path = StateFolder(configuration.stateFolder).socket.path
    return Listener(address: .unix(path: path), access: .everything, isOptional: true)
  }

  /// Returns what is admitted over TCP.
  private static func access(_ settings: Configuration.HTTP) throws -> Access {
    func token(_ path: String?, _ key: TokenKey) throws -> BearerToken? {
      try path.map { try BearerToken(path: $0, key: key, allowsReadable: settings.allowReadableSecrets) }
    }
    let tokens = try AccessTokens(
      control: try token(settings.tokenFile, \.http.tokenFile),
      reading: try token(settings.readTokenFile, \.http.readTokenFile))
    guard tokens.control != nil || tokens.reading != nil else { return .reading(HostRule(names: settings.hostNames)) }
    return .tokens(tokens)
  }

  /// Checks that no file lies where the socket will. A socket there is replaced, but a file may be somebody's.
  private static func requireSocketOrNothing(_ path: String) throws {
    guard let status = try? FileStatus(path, followingLinks: false), status.kind != .socket else { return }
    throw ConfigurationError(\.http.socket, "\(path) is there already, and is no socket; choose another path")
  }

  /// Reads the files of tokens, certificate and key again.
  /// - Returns: what was read, not yet in use.
  /// - Throws: ``ConfigurationError`` where one is not what it should be.
  func renewals() throws -> [Renewal] {
    var renewals: [Renewal] = []
    if case .tokens(let tokens) = access { renewals += try tokens.renewals() }
    if let certificates { renewals.append(try certificates.renewal()) }
    return renewals
  }

  /// The permissions of the file of a Unix socket.
  var socketMode: mode_t { isOptional ? 0o600 : 0o660 }

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
