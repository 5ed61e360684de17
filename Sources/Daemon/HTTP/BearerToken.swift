import Crypto
import Files
import Foundation
import Hummingbird
import Settings
import Synchronization

/// The token that requests over TCP bring (RFC 6750), where one is configured.
final class BearerToken: Sendable {
  private let digest: Mutex<SHA256Digest>
  private let path: String

  /// - Throws: ``ConfigurationError`` where the file holds none that is long enough.
  init(path: String) throws {
    self.path = path
    digest = Mutex(try Self.read(path))
  }

  /// Takes the token that the file has now; after an error the one before stays.
  func reload() throws {
    let new = try Self.read(path)
    digest.withLock { $0 = new }
  }

  private static func read(_ path: String) throws -> SHA256Digest {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw ConfigurationError("http.token_file: \(path) cannot be read")
    }
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard token.utf8.count >= 16, token.isVisibleASCII else {
      throw ConfigurationError(
        "http.token_file: \(path) must hold one token, a line of at least 16 visible ASCII characters; make one with: "
          + "openssl rand -hex 32")
    }
    return SHA256.hash(data: Data(token.utf8))
  }

  /// Whether a request brings it; how long that takes tells nothing of the token.
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
