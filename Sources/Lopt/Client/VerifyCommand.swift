import ArgumentParser
import Commands
import Engine
import Files
import Foundation
import Snapshots
import Tasks

/// The command `lopt verify`, which checks that files of snapshots are sound.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check files of snapshots, or all snapshots of a state folder.",
    discussion: """
      A file must be a whole safetensors file of a θ, of the kind and step that it is named after, and what the record \
      or the model card beside it (its name with .json) says, where there is one. Exit code 65 where any is not.

      Example:
        lopt verify theta-000000120.safetensors --public-key lopt.pub
        lopt verify /var/lib/lopt/state/default
      """)

  @Argument(help: ArgumentHelp("Files of snapshots, or folders of them.", valueName: "path"), completion: .file())
  var paths: [String]
  @Option(help: ArgumentHelp("The SHA-256 that the file must have; for one file.", valueName: "digest"))
  var sha256: String?
  @Option(
    help: ArgumentHelp("The key by which the records beside the files must be signed.", valueName: "file"),
    completion: .file())
  var publicKey: String?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard let sha256 else { return }
    guard sha256.utf8.count == 64, sha256.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
      throw ValidationError("--sha256 must be 64 hexadecimal digits")
    }
    guard paths.count == 1 else { throw ValidationError("--sha256 goes with one file") }
  }

  func run() throws {
    let check = SnapshotCheck(
      sha256: sha256, key: try publicKey.map { try VerificationKey(contentsOf: URL(filePath: $0)) })
    var verified: [VerifiedFile] = []
    for path in paths {
      let files = try SnapshotCheck.files(at: URL(filePath: path))
      guard !files.isEmpty else {
        throw SnapshotError(.missing, "\(path): no snapshot there; is it the state folder of a daemon?")
      }
      verified += files.map { VerifiedFile($0, check) }
    }
    if json {
      try JSONText.print(verified)
    } else {
      for file in verified { try StandardOutput.print(file) }
    }
    let failures = verified.count { $0.error != nil }
    if failures > 0 {
      throw SnapshotError(.damaged, "\(failures) of \(verified.count) files did not verify")
    }
  }
}

/// The findings about one file.
private struct VerifiedFile: Encodable, CustomStringConvertible {
  var path: String
  /// A sentence on what is wrong; nil where nothing is.
  var error: String?
  var step: Int?
  var sha256: String?
  /// Whether there was a record to check the file against; nil where the file is not sound.
  var record: Bool?

  init(_ file: URL, _ check: SnapshotCheck) {
    path = file.path
    do {
      let result = try check.check(file)
      _ = try RunnableSnapshot(result.snapshot, name: path)
      step = result.snapshot.metadata.outerIteration
      sha256 = result.sha256
      record = result.record != nil
    } catch {
      self.error = "\(error)"
    }
  }

  var description: String {
    let line =
      if let error {
        "FAILED  \(error)"
      } else {
        "ok      \(path)  step \(step ?? 0)  sha256 \(sha256 ?? "")" + (record == true ? "" : "  (no record beside it)")
      }
    return line.printableLine
  }
}
