import Files
import Foundation
import NIOCore
import NIOSSL

/// A failure to be the server that was asked for: a certificate that is trusted, but for other names.
struct OtherServer: Error, CustomStringConvertible {
  var host: String
  var names: [String]

  var description: String {
    names.isEmpty
      ? "its certificate names no host (subjectAltName), and so not \(host)"
      : "its certificate is for \(names.joined(separator: ", ").printable()), not for \(host)"
  }
}

/// The check that the certificate of a server is for the host that the user named (RFC 9110, 4.3.4; RFC 9525).
///
/// swift-nio-ssl also takes a certificate that names the IP address of the peer, whatever host was asked for. Whoever
/// controls the resolution of a name, and has a trusted certificate for an address of their own, would be believed then.
/// So a host that is no literal address must be among the DNS names of the certificate; its common name does not count.
struct ServerIdentity: Sendable {
  /// The host as a URL has it, without brackets.
  var host: String

  /// Whether the host is a literal address of IPv4 or IPv6. swift-nio-ssl compares that with the address of the peer.
  var isAddress: Bool { Self.isAddress(host) }

  static func isAddress(_ host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) != nil }

  /// Checks the certificate of a connection whose handshake is done.
  /// - Returns: a future that fails with ``OtherServer`` where the certificate is not for the host; the connection is
  ///   closed then, before anything was sent.
  func check(_ channel: any Channel) -> EventLoopFuture<Void> {
    channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
      guard !isAddress else { return }
      let names = certificate.map { Self.names(of: $0) } ?? []
      guard names.contains(where: { $0.isDNS && Self.matches(host, $0.text) }) else {
        throw OtherServer(host: host, names: names.map(\.text))
      }
    }.flatMapErrorThrowing { error in
      channel.close(promise: nil)
      throw error
    }
  }

  /// Returns the names of a certificate: DNS names and addresses.
  static func names(of certificate: NIOSSLCertificate) -> [(isDNS: Bool, text: String)] {
    certificate._subjectAlternativeNames().compactMap { name in
      let bytes = Array(name.contents)
      switch name.nameType {
      case .dnsName where bytes.allSatisfy({ (33...126).contains($0) }):
        return (true, String(decoding: bytes, as: UTF8.self))
      case .ipAddress:
        let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0)
        return address?.ipAddress.map { (false, $0) }
      default: return nil
      }
    }
  }

  /// Returns whether a host is of a certificate's DNS name, in which the whole first label may be `*`.
  static func matches(_ host: String, _ pattern: String) -> Bool {
    func labels(_ name: String) -> [Substring] {
      let bare = name.hasSuffix(".") ? name.dropLast() : name[...]
      return bare.lowercased()[...].split(separator: ".", omittingEmptySubsequences: false)
    }
    let (given, allowed) = (labels(host), labels(pattern))
    guard !given.contains(""), given.count == allowed.count else { return false }
    if given == allowed { return !allowed.contains { $0.contains("*") } }
    return allowed[0] == "*" && allowed.count > 2 && given.dropFirst() == allowed.dropFirst()
      && !allowed.dropFirst().contains { $0.contains("*") }
  }
}
