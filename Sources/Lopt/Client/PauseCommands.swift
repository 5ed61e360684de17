import ArgumentParser
import Commands
import DaemonClient
import Files

/// The JSON that pausing and resuming print.
private struct Paused: Encodable {
  var paused: Bool
}

/// The command `lopt pause`, after which training waits.
struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Let a daemon's training wait; it goes on serving.",
    discussion: """
      The outer-iteration under way is interrupted, and done again when training goes on: θ comes out the same. A
      daemon that is started again trains.

      Example:
        lopt pause --from state
        lopt pause --from https://trainer.example.org --token-file token
      """)

  @OptionGroup var daemon: ControlOptions

  func run() async throws { try await setPaused(true, daemon) }
}

/// The command `lopt resume`, after which training goes on.
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Let a daemon's training go on.",
    discussion: """
      Example:
        lopt resume --from state
      """)

  @OptionGroup var daemon: ControlOptions

  func run() async throws { try await setPaused(false, daemon) }
}

private func setPaused(_ paused: Bool, _ daemon: ControlOptions) async throws {
  let isPaused = try await daemon.with { try await $0.setPaused(paused) }
  if daemon.json {
    try JSONText.print(Paused(paused: isPaused))
  } else {
    try StandardOutput.print(isPaused ? "paused" : "running")
  }
}
