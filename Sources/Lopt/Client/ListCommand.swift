import ArgumentParser
import Commands
import DaemonClient
import Files
import Snapshots

/// The command `lopt list`, which lists the snapshots of a daemon.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the snapshots that a daemon serves, the newest first.",
    discussion: """
      Example:
        lopt list --from http://127.0.0.1:8417
      """)

  @OptionGroup var daemon: ReadingOptions

  func run() async throws {
    let snapshots = try await daemon.with { try await $0.snapshots() }
    if daemon.json { return try JSONText.print(["snapshots": snapshots]) }
    try StandardOutput.print(
      TextTable(
        header: ["name", "bytes", "created", "signed", "best", "pinned"],
        rows: snapshots.map { listed in
          [
            listed.record.name, String(listed.record.size), listed.record.created,
            listed.record.signature == nil ? "no" : "yes", listed.best ? "best" : "", listed.pinned ? "pinned" : "",
          ]
        }))
  }
}
