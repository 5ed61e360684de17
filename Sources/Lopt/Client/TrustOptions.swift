import ArgumentParser
import DaemonClient
import Foundation
import Snapshots

/// The options with the conditions for trusting a snapshot.
struct TrustOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take only what is signed by this key (lopt key generate), and no latest that is older than one before.",
      valueName: "file"), completion: .file())
  var publicKey: String?
  @Flag(help: "Take a latest that is older than one before.")
  var allowOlder = false
  @Option(
    help: ArgumentHelp(
      "Take nothing that was written longer ago: seconds, or a number with s, m, h, d or w.", valueName: "time"))
  var maxAge: Age?

  func validate() throws {
    guard publicKey != nil || !allowOlder else { throw ValidationError("--allow-older goes with --public-key") }
  }

  func trust() throws -> SnapshotTrust {
    try SnapshotTrust(
      key: publicKey.map { try VerificationKey(contentsOf: URL(filePath: $0)) }, longestAge: maxAge?.seconds,
      allowsOlder: allowOlder)
  }
}

/// A length of time as a person writes it, such as `90`, `15m` or `2d`.
struct Age: ExpressibleByArgument, Equatable {
  var seconds: Double

  private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]

  init?(argument: String) {
    let unit = argument.last.flatMap { Self.units[$0] }
    guard let number = Double(unit == nil ? argument[...] : argument.dropLast()), number.isFinite, number >= 0 else {
      return nil
    }
    seconds = number * (unit ?? 1)
  }
}
