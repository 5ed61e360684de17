import Files
public import Foundation
import Snapshots

/// The credentials that a daemon asks for, and those by which the daemon is known.
public struct DaemonAccess: Sendable {
  /// The token sent as `Authorization: Bearer …`; nil where none was given.
  var token: String?
  /// The file of certificates, in PEM, of the authority that vouches for the daemon; nil for the system's.
  var certificateAuthority: URL?

  /// Reads the credentials.
  /// - Parameters:
  ///   - tokenFile: a file that holds the token as its only line; nil for no token.
  ///   - certificateAuthority: a PEM file that takes the place of the system's certificates.
  ///   - allowsReadableToken: whether every user of the machine may read the token's file.
  /// - Throws: `SnapshotError` where the file holds no token, or everybody may read it, `FileError` where it cannot be
  ///   read.
  public init(tokenFile: URL? = nil, certificateAuthority: URL? = nil, allowsReadableToken: Bool = false) throws {
    self.certificateAuthority = certificateAuthority
    guard let tokenFile else { return }
    do {
      if !allowsReadableToken { try SecretFile.check(tokenFile.path) }
    } catch let error as ReadableSecret {
      throw SnapshotError(.denied, "\(error), or allow it by --allow-readable-secrets")
    }
    let text = try TextFile(tokenFile, atMost: FileReading.mostOfSecret).text.trimmingCharacters(
      in: .whitespacesAndNewlines)
    guard !text.isEmpty, text.isVisibleASCII else {
      throw SnapshotError(.damaged, "\(tokenFile.path): is not a token: one line of visible ASCII characters")
    }
    token = text
  }
}
