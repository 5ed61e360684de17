import Files
package import Foundation
import Snapshots
import Tasks

extension ModelCard {
  /// The fields of a card that its snapshot tells too.
  private struct Claims: Decodable {
    struct Data: Decodable {
      var manifestSHA256: String
      enum CodingKeys: String, CodingKey { case manifestSHA256 = "manifest_sha256" }
    }
    struct Settings: Decodable {
      struct Outer: Decodable { var estimator: String }
      var outer: Outer
      var seed: UInt64
    }
    struct OuterIterations: Decodable {
      var outerIterations: Int
      enum CodingKeys: String, CodingKey { case outerIterations = "outer_iterations" }
    }
    var name: String
    var sha256: String
    var problem: String
    var objective: String
    var steps: Int
    var batch: Int
    var data: [Data]
    var settings: Settings
    var averageDecay: Double?
    var start: OuterIterations?
    var time: OuterIterations
    var toolVersion: String

    enum CodingKeys: String, CodingKey {
      case name, sha256, problem, objective, steps, batch, data, settings, time
      case averageDecay = "average_decay"
      case start = "start_from"
      case toolVersion = "tool_version"
    }
  }

  /// Returns the place of the card of a snapshot: its name with `.json`.
  package static func file(of snapshot: URL) -> URL {
    snapshot.deletingPathExtension().appendingPathExtension("json")
  }

  /// Returns whether a file is there that is a snapshot's record, which a card must not replace.
  /// - Throws: `FileError` where something is there that cannot be read.
  package static func isRecord(_ file: URL) throws -> Bool {
    guard try FileStatus.ifThere(file.path) != nil else { return false }
    let data = try FileReading.data(file, atMost: FileReading.mostOfText)
    return (try? JSONDecoder().decode(SnapshotRecord.self, from: data)) != nil
  }

  /// Checks that the card beside a snapshot agrees with what the snapshot says about itself.
  ///
  /// - Throws: ``TrainingError`` for the first field that differs, and where the card is none; an error that names the
  ///   file where one is missing or damaged.
  package static func check(beside snapshot: URL) throws {
    let card = file(of: snapshot)
    let bytes = try FileReading.data(snapshot, atMost: FileReading.mostOfTensors)
    let metadata = try RunnableSnapshot(Snapshot(bytes, name: snapshot.path), name: snapshot.path).metadata
    let claims: Claims
    do {
      claims = try JSONDecoder().decode(Claims.self, from: FileReading.data(card, atMost: FileReading.mostOfText))
    } catch is DecodingError {
      throw TrainingError(.wrongCard, "\(card.path): not a model card: lopt describe writes one")
    }
    func text(_ decay: Double?) -> String { decay.map { "\($0)" } ?? "none" }
    let said = [
      ("name", claims.name, snapshot.deletingPathExtension().lastPathComponent),
      ("sha256", claims.sha256, Digest.sha256(bytes)), ("problem", claims.problem, metadata.problem),
      ("objective", claims.objective, metadata.objective), ("steps", "\(claims.steps)", "\(metadata.steps)"),
      ("batch", "\(claims.batch)", "\(metadata.batch)"),
      (
        "manifest_sha256", claims.data.map(\.manifestSHA256).sorted().joined(separator: ","),
        metadata.datasetSHA256.split(separator: ",").sorted().joined(separator: ",")
      ),
      ("seed", "\(claims.settings.seed)", "\(metadata.seed)"),
      ("estimator", claims.settings.outer.estimator, metadata.estimator),
      ("average_decay", text(claims.averageDecay), text(metadata.averageDecay)),
      (
        "outer_iterations", "\((claims.start?.outerIterations ?? 0) + claims.time.outerIterations)",
        "\(metadata.outerIteration)"
      ),
      ("tool_version", claims.toolVersion, metadata.toolVersion),
    ]
    for (field, own, expected) in said where own != expected {
      throw TrainingError(.wrongCard, "\(card.path): its \(field) is \(own), that of \(snapshot.path) \(expected)")
    }
  }
}
