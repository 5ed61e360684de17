import Crypto
import Files
public import Foundation

/// An Ed25519 key (RFC 8032) with which a daemon signs the records of its snapshots.
///
/// A key's file is one line: which half it is, a space, and its 32 bytes in Base64.
public struct SigningKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  /// Makes a new random key.
  public init() { key = Curve25519.Signing.PrivateKey() }

  /// Reads a key from the file that ``write(to:)`` made.
  /// - Throws: ``SnapshotError`` where it is no signing key, `FileError` where it cannot be read.
  public init(contentsOf url: URL) throws {
    let bytes = try KeyFile.signing.bytes(url)
    key = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
  }

  /// The contents of the key's file; nobody but its owner may read it.
  public var text: String { KeyFile.signing.text(key.rawRepresentation) }

  /// The public half of this key.
  public var publicKey: VerificationKey { VerificationKey(key: key.publicKey) }

  /// Returns the record with the signature of this key.
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

  /// Reads the public half of a key from its file.
  /// - Throws: ``SnapshotError`` where it is no public key, `FileError` where it cannot be read.
  public init(contentsOf url: URL) throws {
    let bytes = try KeyFile.public.bytes(url)
    key = try Curve25519.Signing.PublicKey(rawRepresentation: bytes)
  }

  /// The contents of the key's file.
  public var text: String { KeyFile.public.text(key.rawRepresentation) }

  /// A short name of the key: the first 16 hexadecimal digits of its SHA-256.
  public var fingerprint: String { String(Digest.sha256(key.rawRepresentation).prefix(16)) }

  /// Checks that this key signed a record.
  /// - Throws: ``SnapshotError`` where it did not.
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
  /// Returns the bytes that a signature is of: the record without its signature, as one line of JSON.
  func signedBytes() throws -> Data {
    var unsigned = self
    unsigned.signature = nil
    return Data(try unsigned.line().utf8)
  }

  /// Returns the record as one line of JSON, with sorted keys and no space.
  public func line() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

/// The form of a key's file. Its first word says which half it is, so that neither is taken for the other.
private enum KeyFile: String {
  case signing = "lopt-signing-key"
  case `public` = "lopt-public-key"

  func text(_ bytes: Data) -> String { "\(rawValue) \(bytes.base64EncodedString())\n" }

  func bytes(_ url: URL) throws -> Data {
    var text = ""
    do { text = try TextFile(url, atMost: FileReading.mostOfSecret).text } catch is TextFileError {}  // no key either
    let words = text.split(whereSeparator: \.isWhitespace)
    if let other = words.first.flatMap({ KeyFile(rawValue: String($0)) }), other != self {
      let hint =
        self == .signing
        ? "give the file beside it, without .pub" : "give its public half, the file with .pub behind, and keep this one"
      throw SnapshotError(.damaged, "\(url.path): is not a \(self) key but the \(other) one: \(hint)")
    }
    guard words.count == 2, words[0] == rawValue, let bytes = Data(base64Encoded: String(words[1])), bytes.count == 32
    else {
      throw SnapshotError(
        .damaged,
        "\(url.path): is not a \(self) key, as lopt key generate makes it: \(rawValue), and 32 bytes in Base64")
    }
    return bytes
  }
}
