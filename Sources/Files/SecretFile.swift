import Foundation

/// A file of a secret that every user of the machine may read.
package struct ReadableSecret: ReportedError, Equatable {
  /// The path of the file.
  package var path: String
  /// The permissions of the file.
  package var mode: UInt16

  /// 77, `EX_NOPERM`.
  package var exitCode: ExitCode { .permission }

  package var description: String {
    let quoted =
      path.utf8.allSatisfy { $0 > 127 || "/._-+,@%:=".utf8.contains($0) || $0.isLetterOrDigit }
      ? path : "'\(path.replacing("'", with: "'\\''"))'"
    let digits = String(mode, radix: 8)
    return "\(path): every user of this machine may read this secret (mode 0\(digits)); mend it by: chmod o= \(quoted)"
  }
}

/// The rule for files of secrets: tokens and private keys.
package enum SecretFile {
  /// Checks that not everybody may read a file. Its group may, as a service's group does; and only files on a disk are
  /// looked at, not pipes.
  /// - Throws: ``ReadableSecret`` where everybody may, ``FileError`` where the file cannot be looked at.
  package static func check(_ path: String) throws {
    var status = stat()
    try SystemCall.check("open", path) { stat(path, &status) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o004 != 0 else { return }
    throw ReadableSecret(path: path, mode: UInt16(status.st_mode & 0o7777))
  }
}
