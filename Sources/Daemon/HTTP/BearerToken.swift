import Crypto
import Files
import Foundation
import Hummingbird
import Settings
import Synchronization

/// The configured token that requests over TCP must bring (RFC 6750).
final class BearerToken: Sendable {
  private let digest: Mutex<SHA256Digest>
  private let path: String

  /// Reads the token.
  /// - Throws: ``ConfigurationError`` where the file holds no token that is long enough.
  init(path: String) throws {
    self.path = path
    digest = Mutex(try Self.read(path))
  }

  /// Reads the file again and takes its token; after an error the one before stays.
  /// - Throws: ``ConfigurationError`` where the file holds no token that is long enough.
  func reload() throws {
    let new = try Self.read(path)
    digest.withLock { $0 = new }
  }

  private static func read(_ path: String) throws -> SHA256Digest {
    let text: String
    do { text = try TextFile(URL(filePath: path)).text } catch {
      throw ConfigurationError(\.http.tokenFile, "\(error)")
    }
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard token.utf8.count >= 16, token.isVisibleASCII else {
      throw ConfigurationError(
        \.http.tokenFile,
        "\(path) must hold one token, a line of at least 16 visible ASCII characters; make one with: "
          + "openssl rand -hex 32")
    }
    return SHA256.hash(data: Data(token.utf8))
  }

  /// Returns whether a request brings the token. The time that this takes tells nothing of the token.
  func admits(_ request: Request) -> Bool {
    guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else { return false }
    let given = header.dropFirst("bearer ".count).trimmingCharacters(in: .whitespaces)
    let hash = SHA256.hash(data: Data(given.utf8))
    return digest.withLock { Self.areEqual($0, hash) }
  }

  private static func areEqual(_ a: SHA256Digest, _ b: SHA256Digest) -> Bool {
    zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
