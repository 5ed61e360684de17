import Foundation
import Support

/// What shows that an input was changed between a stopped build and its continuation.
enum InputIdentity {
  /// Of a file: its size and time of change.
  static func ofFile(_ path: String) throws -> String {
    let status = try FileStatus(path)
    return "\(status.bytes) bytes, changed at \(status.changed)"
  }

  /// Of a folder, or of the archive of one class: what is in it tells itself.
  static let ofFolder = "a folder"
  static let ofClassArchive = "a class's archive"

  /// Of a file that an option names, whatever its path; of an option that was left out, that it was.
  static func ofContent(_ path: String?) throws -> String {
    guard let path else { return "left out" }
    return "of SHA-256 \(try Digest.sha256(fileAt: URL(filePath: path)))"
  }
}
