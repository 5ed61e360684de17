package import Foundation

extension ToolProcess {
  /// What begins a command of env(1) that may only do what permissions allow, even where the tests run as root.
  package static var withoutRights: [String] {
    guard geteuid() == 0 else { return [] }
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
  }

  /// Runs a tool of the package as a user who may only do what permissions allow, even where the tests run as root.
  package static func runWithoutRights(_ tool: String, _ arguments: [String]) throws -> ProcessResult {
    let command = withoutRights + [Repository.tools.appending(path: tool).path] + arguments
    return try ToolProcess(executable: URL(filePath: "/usr/bin/env"), command, name: tool).wait()
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
