import Files
import Foundation

/// Texts that would show a change of an input between a stopped build and its continuation.
enum InputIdentity {
  /// Returns the place that a path leads to, the same for `train`, `./train/` and a link to it. All pipes are one place.
  static func place(of path: String) throws -> String {
    try path == "-" || FileStatus(input: path).isPipe ? "a pipe" : SystemCall.realPath(path)
  }

  /// Returns the identity of a file: its size and time of change.
  static func ofFile(_ path: String) throws -> String {
    let status = try FileStatus(input: path)
    return "\(status.bytes) bytes, changed at \(status.changed)"
  }

  /// Returns the identity of a folder of classes: their names. Their contents have an identity each, their
  /// ``SourceClass/origin``.
  /// - Throws: ``DataPrepError`` where there is no class.
  static func ofClasses(_ ids: [String], in path: String) throws -> String {
    guard !ids.isEmpty else { throw DataPrepError(.contradiction, path, "there is no class in it") }
    return "a folder of \(ids.count) classes, SHA-256 of their names "
      + Digest.sha256(Data(ids.joined(separator: "/").utf8))
  }

  /// Returns the identity of a file that an option names, whatever its path, by the SHA-256 of its bytes; for an option
  /// that was left out, that it was.
  static func ofContent(_ sha256: String?) -> String {
    sha256.map { "of SHA-256 \($0)" } ?? "left out"
  }
}
