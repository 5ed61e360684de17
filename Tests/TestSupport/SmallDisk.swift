package import Foundation

/// A file system in memory that is soon full. Only root can make one.
package enum SmallDisk {
  /// Whether this process may make one; for the condition of a test.
  package static let isPossible: Bool = (try? with(kibibytes: 64) { _ in true }) ?? false

  /// Why a test is skipped where it is not possible.
  package static let reason = "mounting a tmpfs takes root and a container that allows it"

  /// Mounts one of a size at a new folder for as long as `body` runs.
  package static func with<Result>(kibibytes: Int, _ body: (URL) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
      try run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", folder.path])
      defer { try? run("/bin/umount", [folder.path]) }
      return try body(folder)
    }
  }

  /// Changes its mount options, for example its size.
  package static func remount(_ disk: URL, _ options: String) throws {
    try run("/bin/mount", ["-o", "remount,\(options)", disk.path])
  }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let result = try ToolProcess(executable: URL(filePath: program), arguments).wait()
    guard result.exitCode == 0 else { throw ToolProcessError(description: result.errors) }
  }
}
