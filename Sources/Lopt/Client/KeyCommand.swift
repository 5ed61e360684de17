import ArgumentParser
import Commands
import Files
import Foundation
import Snapshots

/// The command `lopt key`, for the keys by which snapshots are trusted.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Make the key with which a daemon signs its snapshots.",
    discussion: """
      Example:
        lopt key generate --output signing-key
      """,
    subcommands: [GenerateKeyCommand.self])
}

/// The command `lopt key generate`, which makes a new key.
struct GenerateKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make a new key of Ed25519: one file for the daemon, one for those who fetch.",
    discussion: """
      FILE is for the daemon alone (snapshot.signing_key_file); FILE.pub is for lopt fetch --public-key. Neither is ever \
      written over. Prints the key's fingerprint.

      Example:
        lopt key generate --output signing-key
        lopt fetch latest --public-key signing-key.pub
      """)

  @Option(
    help: ArgumentHelp("The file of the key; that of its public half has .pub behind.", valueName: "file"),
    completion: .file())
  var output: String

  @Flag(help: "Print JSON.")
  var json = false

  private struct Made: Encodable {
    var fingerprint: String
    var key: String
    var publicKey: String

    enum CodingKeys: String, CodingKey {
      case fingerprint, key
      case publicKey = "public_key"
    }
  }

  func run() throws {
    let key = SigningKey()
    let file = URL(filePath: output)
    let publicFile = try key.write(to: file)
    let made = Made(fingerprint: key.publicKey.fingerprint, key: file.path, publicKey: publicFile.path)
    if json { try JSONText.print(made) } else { try StandardOutput.print(made.fingerprint) }
  }
}
