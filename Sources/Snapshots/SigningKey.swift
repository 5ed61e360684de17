import Crypto
public import Foundation
import Support

/// The Ed25519 key (RFC 8032) with which a daemon signs the records of its snapshots.
///
/// A key's file is one line: its 32 bytes in Base64.
public struct SigningKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  /// A new key.
  public init() { key = Curve25519.Signing.PrivateKey() }

  public init(contentsOf url: URL) throws {
    let bytes = try KeyFile.bytes(url, what: "a signing key, as lopt key generate makes it")
    key = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
  }

  /// What the key's file holds; nobody but its owner may read it.
  public var text: String { key.rawRepresentation.base64EncodedString() + "\n" }

  public var publicKey: VerificationKey { VerificationKey(key: key.publicKey) }

  /// The record with the signature of this key.
  public func signed(_ record: SnapshotRecord) throws -> SnapshotRecord {
    var signed = record
    signed.signature = try key.signature(for: record.signedBytes()).base64EncodedString()
    return signed
  }
}

/// The public half of a ``SigningKey``.
public struct VerificationKey: Sendable {
  let key: Curve25519.Signing.PublicKey

  init(key: Curve25519.Signing.PublicKey) { self.key = key }

  public init(contentsOf url: URL) throws {
    let bytes = try KeyFile.bytes(url, what: "a public key, as lopt key generate makes it")
    key = try Curve25519.Signing.PublicKey(rawRepresentation: bytes)
  }

  /// What the key's file holds.
  public var text: String { key.rawRepresentation.base64EncodedString() + "\n" }

  /// A short name of the key: the first 16 digits of its SHA-256.
  public var fingerprint: String { String(Digest.sha256(key.rawRepresentation).prefix(16)) }

  /// Throws where a record is not signed by this key.
  public func verify(_ record: SnapshotRecord) throws {
    guard let text = record.signature, let signature = Data(base64Encoded: text) else {
      throw SnapshotError(.untrusted, "\(record.name): is not signed, and a public key was given")
    }
    guard key.isValidSignature(signature, for: try record.signedBytes()) else {
      throw SnapshotError(.untrusted, "\(record.name): its signature is not of the key \(fingerprint)")
    }
  }
}

extension SnapshotRecord {
  /// What a signature is of: the record without it, as one line of JSON.
  func signedBytes() throws -> Data {
    var unsigned = self
    unsigned.signature = nil
    return Data(try unsigned.line().utf8)
  }

  /// JSON with sorted keys and no space.
  public func line() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

private enum KeyFile {
  /// - Parameter what: what an error says that the file should be.
  static func bytes(_ url: URL, what: String) throws -> Data {
    let text = String(decoding: try FileReading.data(url), as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
    guard let bytes = Data(base64Encoded: text), bytes.count == 32 else {
      throw SnapshotError(.damaged, "\(url.path): is not \(what): 32 bytes in Base64")
    }
    return bytes
  }
}
