public import ArgumentParser
package import DaemonClient
import Foundation

extension DaemonAddress: ExpressibleByArgument {
  /// Reads an address as ``DaemonAddress/init(_:)`` does.
  package init?(argument: String) { self.init(argument) }
}

/// The options with a daemon's credentials.
struct AccessOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The file that holds the daemon's token (http.token_file).", valueName: "file"),
    completion: .file())
  var tokenFile: String?
  @Option(
    help: ArgumentHelp(
      "The certificates (PEM) that an https address is trusted by, instead of the system's.", valueName: "file"),
    completion: .file())
  var certificateAuthority: String?

  @Flag(help: "Take a token from a file that every user of this machine may read.")
  var allowReadableSecrets = false

  func access() throws -> DaemonAccess {
    try DaemonAccess(
      tokenFile: tokenFile.map { URL(filePath: $0) },
      certificateAuthority: certificateAuthority.map { URL(filePath: $0) }, allowsReadableToken: allowReadableSecrets)
  }
}

/// The options of a command that talks to a daemon: its address, what it wants to see, and how the answer is printed.
protocol DaemonOptions: ParsableArguments {
  var from: DaemonAddress { get }
  var access: AccessOptions { get }
}

extension DaemonOptions {
  /// Runs `body` with a client of the daemon.
  func with<Result>(_ body: (DaemonClient) async throws -> Result) async throws -> Result {
    try await DaemonClient.with(from, access: access.access(), body)
  }
}

/// The options of a command that reads from a daemon.
struct ReadingOptions: DaemonOptions {
  @Option(
    help: ArgumentHelp(
      "The daemon: its state folder, unix:PATH of its socket, http://HOST:PORT or https://HOST:PORT.",
      valueName: "address or folder"), completion: .directory)
  var from = DaemonAddress.http("http://127.0.0.1:8417")
  @OptionGroup var access: AccessOptions
  @Flag(help: "Print JSON.")
  var json = false
}

/// The options of a command that controls a daemon, by its Unix socket or with its token.
struct ControlOptions: DaemonOptions {
  @Option(
    help: ArgumentHelp(
      "The daemon: its state folder, unix:PATH of its socket, or with its token http://HOST:PORT or https://HOST:PORT.",
      valueName: "address or folder"), completion: .directory)
  var from = DaemonAddress.socket("/run/lopt/default/daemon.sock")
  @OptionGroup var access: AccessOptions
  @Flag(help: "Print JSON.")
  var json = false
}
