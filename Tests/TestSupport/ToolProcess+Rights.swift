package import Foundation

extension ToolProcess {
  /// Runs a tool of the package as a user who may only do what permissions allow, even where the tests run as root.
  package static func runWithoutRights(_ tool: String, _ arguments: [String]) throws -> ProcessResult {
    let executable = Repository.tools.appending(path: tool)
    guard geteuid() == 0 else { return try run(tool, arguments) }
    let words = ["--bounding-set", "-dac_override,-dac_read_search", executable.path] + arguments
    return try ToolProcess(executable: URL(filePath: "/usr/bin/setpriv"), words, name: tool).wait()
  }

  /// Whether ``runWithoutRights(_:_:)`` can be used.
  package static var canRunWithoutRights: Bool {
    geteuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
  }
}

/// Runs `body` while nobody may look into a folder, or read a file.
package func withoutPermissions(_ url: URL, _ body: () throws -> Void) throws {
  let mode = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] ?? 0o700
  try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: url.path)
  defer { try? FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path) }
  try body()
}
