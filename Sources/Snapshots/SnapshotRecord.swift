import Files
package import Foundation

/// The record of a file: its name, number, digest, size and time. It stands beside the file, and a server gives it out.
public struct SnapshotRecord: Codable, Sendable, Equatable {
  /// The file's name, without a folder.
  public var name: String
  /// The number of the file: for a snapshot its outer-iterations, for a run's state its place in the order of writing.
  public var step: Int
  /// The SHA-256 of the file, 64 lower-case hexadecimal digits.
  public var sha256: String
  /// The size of the file in bytes.
  public var size: Int
  /// The time of writing: ISO 8601, UTC.
  public var created: String
  /// The Ed25519 signature in Base64 by the daemon that wrote it; nil where the daemon has no key (``SigningKey``).
  public var signature: String?

  /// Makes a record without a signature.
  public init(name: String, step: Int, sha256: String, size: Int, created: String) {
    self.name = name
    self.step = step
    self.sha256 = sha256
    self.size = size
    self.created = created
  }

  /// The time of writing; nil where ``created`` is not a time as it is written here, for example 2026-01-05T11:02:40Z.
  ///
  /// Foundation's own reader stops where it has a time, and takes whatever follows.
  package var time: Date? {
    guard let date = try? Date(created, strategy: .iso8601), date.formatted(.iso8601) == created else { return nil }
    return date
  }

  /// Whether the parts of a record, perhaps a stranger's, have the form that a daemon gives them. Its name is not looked
  /// at: ``isSnapshotName(_:)`` does that.
  package var isSound: Bool {
    let isDigest =
      sha256.utf8.count == 64 && sha256.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    return isDigest && size >= 0 && step >= 0 && time != nil && signature?.isVisibleASCII != false
  }

  /// Returns whether a name, perhaps from a stranger, is that of a snapshot: `theta-` or `average-`, at least nine
  /// digits, and `.safetensors`.
  public static func isSnapshotName(_ name: String) -> Bool { SnapshotKind.parse(name) != nil }
}
