import Crypto
import Files
import Foundation
import Hummingbird
import Settings
import Synchronization

/// The property of the configuration that names the file of a token.
typealias TokenKey = any KeyPath<Configuration, String?> & Sendable

/// A configured token that requests over TCP may bring (RFC 6750).
final class BearerToken: Sendable {
  private let digest: Mutex<SHA256Digest>
  private let key: TokenKey
  private let path: String
  private let allowsReadable: Bool

  /// Reads the token.
  /// - Parameters:
  ///   - path: the file of the token.
  ///   - key: the configuration key that names the file.
  ///   - allowsReadable: whether everybody may read the file (`http.allow_readable_secrets`).
  /// - Throws: ``ConfigurationError`` where the file holds no token that is long enough, or everybody may read it.
  init(path: String, key: TokenKey = \.http.tokenFile, allowsReadable: Bool = false) throws {
    (self.path, self.key, self.allowsReadable) = (path, key, allowsReadable)
    digest = Mutex(try Self.read(path, key, allowsReadable))
  }

  /// Reads the file again.
  /// - Throws: ``ConfigurationError`` as at first.
  func reread() throws -> BearerToken { try BearerToken(path: path, key: key, allowsReadable: allowsReadable) }

  /// Returns the change to the token that was read again.
  func renewal(by new: BearerToken) -> Renewal {
    Renewal(name: "\(ConfigurationKey.of(key)): another token", isChanged: !isEqual(to: new)) {
      let digest = new.digest.withLock { $0 }
      self.digest.withLock { $0 = digest }
    }
  }

  /// Returns whether two files hold the same token.
  func isEqual(to other: BearerToken) -> Bool {
    let theirs = other.digest.withLock { $0 }
    return digest.withLock { Self.areEqual($0, theirs) }
  }

  private static func read(_ path: String, _ key: TokenKey, _ allowsReadable: Bool) throws -> SHA256Digest {
    try SecretFile.check(path, of: key, allowsReadable: allowsReadable)
    let text: String
    do { text = try TextFile(URL(filePath: path), atMost: FileReading.mostOfSecret).text } catch {
      throw ConfigurationError(key, "\(error)")
    }
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard token.utf8.count >= 16, token.isVisibleASCII else {
      throw ConfigurationError(
        key,
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
