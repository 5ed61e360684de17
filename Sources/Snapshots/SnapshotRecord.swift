import Foundation

/// What is known of a recorded file: it stands beside the file, and a server gives it out.
public struct SnapshotRecord: Codable, Sendable, Equatable {
  /// The file's name, without a folder.
  public var name: String
  /// For a snapshot of θ the outer-iterations done; for a run's state its number in order of writing.
  public var step: Int
  /// SHA-256 of the file, in lower-case hexadecimal.
  public var sha256: String
  /// Bytes.
  public var size: Int
  /// When it was written: ISO 8601, UTC.
  public var created: String
  /// Ed25519 in Base64, by the key of the daemon that wrote it; nil where it has none (``SigningKey``).
  public var signature: String?

  public init(name: String, step: Int, sha256: String, size: Int, created: String) {
    self.name = name
    self.step = step
    self.sha256 = sha256
    self.size = size
    self.created = created
  }

  /// Whether a name, perhaps from a stranger, is that of a snapshot: `theta-` or `average-` and at least nine digits.
  public static func isSnapshotName(_ name: String) -> Bool { SnapshotKind.parse(name) != nil }
}
