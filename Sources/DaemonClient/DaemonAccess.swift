import Files
public import Foundation
import Snapshots

/// What a daemon wants to see, and how it is known.
public struct DaemonAccess: Sendable {
  /// Sent as `Authorization: Bearer …`; nil where none was given.
  var token: String?
  /// The certificates, in PEM, of who vouches for the daemon; nil for the system's.
  var certificateAuthority: URL?

  /// - Parameters:
  ///   - tokenFile: a file that holds the token as its only line.
  ///   - certificateAuthority: a PEM file that takes the place of the system's certificates.
  public init(tokenFile: URL? = nil, certificateAuthority: URL? = nil) throws {
    self.certificateAuthority = certificateAuthority
    guard let tokenFile else { return }
    let text = String(decoding: try FileReading.data(tokenFile), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty, text.isVisibleASCII else {
      throw SnapshotError(.damaged, "\(tokenFile.path): is not a token: one line of visible ASCII characters")
    }
    token = text
  }
}
