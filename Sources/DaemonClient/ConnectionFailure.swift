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

  /// Returns the error to report: a ``TransientFailure`` where it may pass.
  func error(naming name: String) -> any Error {
    if (cause as? IOError)?.errnoCode == EACCES {
      return SnapshotError(.denied, "\(name): this user may not use the socket; its owner and group may")
    }
    if isCertificate {
      return SnapshotError(
        .server,
        "\(name): its certificate is not one that this machine trusts (\(causeText)); an authority of its own is "
          + "given by --certificate-authority")
    }
    return TransientFailure(
      error: SnapshotError(
        .server, "\(name): cannot be reached, or broke off: \(reason); is lopt-daemon running there?"))
  }

  private var isCertificate: Bool {
    if let error = cause as? NIOSSLError, case .handshakeFailed = error {
      return "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
    }
    return cause is NIOSSLExtraError
  }

  private var reason: String {
    if let error = cause as? IOError { return String(cString: strerror(error.errnoCode)) }
    if let error = cause as? HTTPClientError { return error.shortDescription }
    return causeText
  }

  /// The cause as text, without the place in the library's source at which it arose.
  private var causeText: String { "\(cause)".replacing(#/\sat /[^\s\])]+/#, with: "") }
}
