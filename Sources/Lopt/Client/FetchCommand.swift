import ArgumentParser
import Commands
import DaemonClient
import Files
import Foundation

/// The command `lopt fetch`, which gets a snapshot of θ.
struct FetchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Get a snapshot of θ, checked against its SHA-256.",
    discussion: """
      Prints the path of the file, alone, on standard output. A download that broke off goes on where it was, at once or \
      at the next call; what was fetched before is taken from the user's cache. \
      \(documentationRoot)Documentation/client.md says more.

      Example:
        lopt fetch latest --from http://127.0.0.1:8417 --output snapshots
        lopt fetch latest --average --wait-newer-than 120 --public-key lopt.pub
        lopt fetch best --from unix:/run/lopt/default/daemon.sock
        lopt fetch theta-000000000.safetensors --from /var/lib/lopt/state/default
      """)

  @Argument(
    help: "latest, best (of the lowest evaluation), or a snapshot's name such as theta-000000012.safetensors.",
    completion: .list(["latest", "best"]))
  var name: String

  @Flag(help: "With latest or best: the average of θ at that step, which is the better one where the run keeps it.")
  var average = false

  @Option(
    help: ArgumentHelp(
      "The daemon: http://HOST:PORT, https://HOST:PORT or unix:PATH; or its state folder.",
      valueName: "address or folder"), completion: .directory)
  var from = DaemonAddress.http("http://127.0.0.1:8417")

  @Option(help: ArgumentHelp("The folder that gets the file.", valueName: "folder"), completion: .directory)
  var output = "."

  @Flag(help: "Leave the snapshot's record beside it, under its name with .json, for lopt verify.")
  var keepRecord = false

  @Option(
    help: ArgumentHelp("Wait until the newest, or the best, has a higher step than this.", valueName: "step"))
  var waitNewerThan: Int?

  @Option(
    help: ArgumentHelp(
      "How often to try again where the connection or the server fails, after pauses that double.",
      valueName: "number"))
  var retries = 5

  @Flag(help: "Ask no server: take the newest that was fetched from that address before.")
  var offline = false

  @OptionGroup var trust: TrustOptions
  @OptionGroup var access: AccessOptions

  @Flag(help: "Print JSON: the record, and the path of the file.")
  var json = false

  func validate() throws {
    guard (0...1_000_000).contains(retries) else { throw ValidationError("--retries must be 0 … 1000000") }
    guard !average || SnapshotAlias(rawValue: name) != nil else {
      throw ValidationError(
        "--average goes with latest or best; a name says which it is: average-000000012.safetensors")
    }
    guard waitNewerThan == nil || SnapshotAlias(rawValue: name) != nil else {
      throw ValidationError("--wait-newer-than goes with latest or best")
    }
    guard waitNewerThan == nil || !offline else {
      throw ValidationError("--offline has nothing newer to wait for: leave out --wait-newer-than")
    }
  }

  func run() async throws {
    let report = FetchReport()
    var options = SnapshotFetcher.Options()
    options.retry.retries = retries
    options.trust = try trust.trust()
    options.cache = SnapshotCache()
    options.isOffline = offline
    options.newerThan = waitNewerThan
    options.keepsRecord = keepRecord
    options.report = { report.show($0) }
    defer { report.finish() }
    let fetched = try await SnapshotFetcher(from: from, access: access.access(), options: options)
      .fetch(average ? SnapshotAlias(rawValue: name)?.average.rawValue ?? name : name, into: URL(filePath: output))
    report.finish()
    if json { try JSONText.print(fetched) } else { try StandardOutput.write("\(fetched.file.path)\n") }
  }
}
