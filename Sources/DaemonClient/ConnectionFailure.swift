import AsyncHTTPClient
import Files
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Snapshots

/// The reason why nothing, or not all, came from a server.
struct ConnectionFailure {
  private let cause: any Error

  init(_ error: any Error) {
    if let error = error as? NIOConnectionError {
      cause = error.connectionErrors.last?.error ?? error.dnsAError ?? error.dnsAAAAError ?? error
    } else {
      cause = error
    }
  }

  /// Whether nobody is there: the connection was refused, the Unix socket is missing, or the host has no address.
  private var isRefused: Bool {
    if let error = cause as? IOError { return [ECONNREFUSED, ENOENT].contains(error.errnoCode) }
    // A name server that does not answer now may do so soon.
    if let error = cause as? SocketAddressError.UnknownHost { return error.errorCode != Int(EAI_AGAIN) }
    return false
  }

  /// Whether the server answered, but not with TLS, or with none that is common to both.
  private var isOtherProtocol: Bool {
    if let error = cause as? NIOSSLError, case .handshakeFailed(.sslError) = error { return true }
    return false
  }

  /// Returns the error to report: a ``TransientFailure`` where it may pass.
  /// - Parameters:
  ///   - name: what was asked for, the address and the path.
  ///   - address: the address of the daemon.
  ///   - authority: the file of certificates that take the place of the system's; nil for the system's.
  ///   - isOfState: whether it is the socket of a state folder, which the user named.
  ///   - hasAnswered: whether the server was there a moment ago.
  func error(
    naming name: String, at address: DaemonAddress, authority: URL?, isOfState: Bool, hasAnswered: Bool
  ) async -> any Error {
    if (cause as? IOError)?.errnoCode == EACCES {
      return SnapshotError(.denied, "\(name): this user may not use the socket; its owner and group may")
    }
    if let address = cause as? SocketAddressError, case .unixDomainSocketPathTooLong = address {
      return SnapshotError(
        .server,
        "\(name): the path of the socket is longer than the 107 bytes that the system allows: set http.socket in the "
          + "daemon's configuration to a shorter one, and give --from unix:PATH")
    }
    if let fault = await certificateFault(address, authority) { return SnapshotError(.server, "\(name): \(fault)") }
    let error = SnapshotError(
      .server,
      "\(name): cannot be reached, or broke off: \(reason); is lopt-daemon running there?\(hint(address, isOfState))")
    if isOtherProtocol { return SnapshotError(.server, "\(name): speaks no TLS that is common to both: \(causeText)") }
    return isRefused && !hasAnswered ? error : TransientFailure(error: error)
  }

  /// Returns where else a daemon's socket may be, where one is missing.
  private func hint(_ address: DaemonAddress, _ isOfState: Bool) -> String {
    guard case .socket = address, (cause as? IOError)?.errnoCode == ENOENT else { return "" }
    if isOfState { return " where its configuration has http.socket, give --from unix:PATH" }
    return " --from STATE-FOLDER finds the socket of the daemon that trains there; where its configuration has "
      + "http.socket, give --from unix:PATH"
  }

  /// Returns what is wrong with the certificate of the server; nil where it is not the certificate that failed.
  private func certificateFault(_ address: DaemonAddress, _ authority: URL?) async -> String? {
    guard let (host, port) = address.endpoint else { return nil }
    if let other = cause as? OtherServer { return other.description }
    if cause is NIOSSLExtraError { return "its certificate is not for \(host)" }
    guard let error = cause as? NIOSSLError, case .handshakeFailed = error,
      "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
    else { return nil }
    if let fault = await CertificateProbe.fault(host: host, port: port) {
      return "its certificate is not to be trusted: \(fault)"
    }
    guard let authority else {
      return "its certificate is not one that this machine trusts; an authority of its own is given by "
        + "--certificate-authority"
    }
    return "no certificate in \(authority.path) vouches for its certificate"
  }

  private var reason: String {
    if let error = cause as? IOError { return String(cString: strerror(error.errnoCode)) }
    if let error = cause as? HTTPClientError { return error.shortDescription }
    if let error = cause as? SocketAddressError.UnknownHost {
      return "no address is known of the host \(error.host.printable()): \(error.errorDescription)"
    }
    return causeText
  }

  /// The cause as text, without the place in the library's source at which it arose.
  private var causeText: String {
    let text = "\(cause)"
    if let reason = text.firstMatch(of: /OPENSSL_internal:([A-Z0-9_]+)/) { return String(reason.output.1) }
    return text.replacing(#/\sat /[^\s\])]+/#, with: "")
  }
}
