import ArgumentParser
import Commands
import DaemonClient
import Files
import Snapshots

/// The command `lopt pin`, after which a snapshot is kept.
struct PinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pin",
    abstract: "Have a daemon keep a snapshot for good.",
    discussion: """
      Retention passes over it until it is unpinned. Prints its name.

      Example:
        lopt pin theta-000000120.safetensors --from state
      """)

  @Argument(help: "The snapshot's name, such as theta-000000012.safetensors.")
  var name: String
  @OptionGroup var daemon: ControlOptions

  func run() async throws { try await setPinned(true, name, daemon) }
}

/// The command `lopt unpin`, after which a snapshot is removed when its time comes.
struct UnpinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpin",
    abstract: "Give a pinned snapshot up to retention again.",
    discussion: """
      Prints its name.

      Example:
        lopt unpin theta-000000120.safetensors --from state
      """)

  @Argument(help: "The snapshot's name, such as theta-000000012.safetensors.")
  var name: String
  @OptionGroup var daemon: ControlOptions

  func run() async throws { try await setPinned(false, name, daemon) }
}

private func setPinned(_ pinned: Bool, _ name: String, _ daemon: ControlOptions) async throws {
  let listed = try await daemon.with { try await $0.setPinned(pinned, name) }
  if daemon.json { try JSONText.print(listed) } else { try StandardOutput.print(listed.record.name) }
}
