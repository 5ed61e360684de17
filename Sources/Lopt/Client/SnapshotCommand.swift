import ArgumentParser
import Commands
import DaemonClient
import Files
import Snapshots

/// The command `lopt snapshot`, which makes a daemon write a snapshot now.
struct SnapshotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Have a daemon write a snapshot now.",
    discussion: """
      Prints the name of the newest snapshot, once it is written.

      Example:
        lopt snapshot --from state
      """)

  @OptionGroup var daemon: ControlOptions

  func run() async throws {
    let record = try await daemon.with { try await $0.snapshotNow() }
    if daemon.json { try JSONText.print(record) } else { try StandardOutput.print(record.name) }
  }
}
