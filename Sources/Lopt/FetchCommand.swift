import ArgumentParser
import Foundation
import Snapshots

/// `lopt fetch`: gets a snapshot of θ.
struct FetchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Get a snapshot of θ, checked against its SHA-256.",
    discussion: """
      Prints the path of the file, alone, on standard output.

      Example:
        lopt fetch latest --from http://127.0.0.1:8417 --output snapshots
        lopt fetch best --from http://127.0.0.1:8417
        lopt fetch theta-000000000.safetensors --from /var/lib/lopt
      """)

  @Argument(
    help: "latest, best (of the lowest evaluation), or a snapshot's name such as theta-000000012.safetensors.")
  var name: String

  @Option(help: ArgumentHelp("The daemon's address, or its state folder.", valueName: "address or folder"))
  var from = "http://127.0.0.1:8417"

  @Option(help: ArgumentHelp("The folder that gets the file.", valueName: "folder"))
  var output = "."

  func run() async throws {
    let file = try await SnapshotFetcher(from: from).fetch(name, into: URL(filePath: output)) { error in
      FileHandle.standardError.write(Data("lopt: refused, the one before it is used: \(error)\n".utf8))
    }
    print(file.path)
  }
}
