import Files
import Foundation

/// What shows that an input was changed between a stopped build and its continuation.
enum InputIdentity {
  /// Of a file: its size and time of change.
  static func ofFile(_ path: String) throws -> String {
    let status = try FileStatus(path)
    return "\(status.bytes) bytes, changed at \(status.changed)"
  }

  /// Of a folder of classes: which. What is in them tells each itself, by ``SourceClass/origin``.
  /// - Throws: ``DataPrepError`` where there is none.
  static func ofClasses(_ ids: [String], in path: String) throws -> String {
    guard !ids.isEmpty else { throw DataPrepError(.contradiction, path, "there is no class in it") }
    return "a folder of \(ids.count) classes, SHA-256 of their names "
      + Digest.sha256(Data(ids.joined(separator: "/").utf8))
  }

  /// Of a file that an option names, whatever its path; of an option that was left out, that it was.
  static func ofContent(_ path: String?) throws -> String {
    guard let path else { return "left out" }
    return "of SHA-256 \(try Digest.sha256(fileAt: URL(filePath: path)))"
  }
}
