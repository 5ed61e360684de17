import Files
import Foundation

/// The commit that a program was built from, where it lies in the repository that it was built in.
package enum RepositoryCommit {
  /// Returns the commit of the repository that this program lies in.
  ///
  /// - Throws: ``TrainingError`` where the program lies in none, or where its sources differ from the commit.
  package static func current() throws -> String {
    try around(URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent())
  }

  /// Returns the commit of the repository that a folder lies in.
  static func around(_ folder: URL) throws -> String {
    let changed = try git(in: folder, "status", "--porcelain", "--untracked-files=no", ":/Sources", ":/Package.swift")
    guard changed.isEmpty else {
      throw TrainingError(
        .wrongCard, "Sources differ from the commit: commit them, or name the commit that trained with --commit")
    }
    return try git(in: folder, "rev-parse", "HEAD")
  }

  /// Runs git, and returns what it prints, without space around it.
  private static func git(in folder: URL, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder.path] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    let unknown = TrainingError(
      .unknownCommit, "\(folder.path): lies in no repository whose commit git tells: name it with --commit")
    do { try process.run() } catch { throw unknown }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else { throw unknown }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
