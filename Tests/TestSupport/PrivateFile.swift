package import Foundation

/// Writes a file that its owner alone may read, as files of tokens are.
///
/// - Parameter mode: the permissions, where others shall have some.
package func writePrivate(_ text: String, to file: URL, mode: Int = 0o600) throws {
  try Data(text.utf8).write(to: file)
  try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
}
