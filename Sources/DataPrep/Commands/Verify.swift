import ArgumentParser
import Commands
import Files
import Foundation
import Shards

/// The command `dataprep verify`.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads a dataset whole and checks every file, key and value.",
    discussion: """
      Exits with 65 where a shard is not what the manifest says, and with 66 where one cannot be read, after looking at \
      all of them.

      Example:
        dataprep verify mnist14
      """)

  @Argument(help: ArgumentHelp("The dataset.", valueName: "folder"), completion: .directory)
  var folder: String

  @Flag(help: "Print JSON: valid, and of each shard its file, images, bytes and problem (null where there is none).")
  var json = false

  private struct Report: Encodable {
    struct Shard: Encodable {
      var file: String
      var images: Int
      var bytes: Int
      var problem: String?

      private enum CodingKeys: CodingKey { case file, images, bytes, problem }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(file, forKey: .file)
        try container.encode(images, forKey: .images)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(problem, forKey: .problem)  // null, where the synthesized one would leave it out
      }
    }
    var valid: Bool
    var shards: [Shard]
  }

  func run() throws {
    let url = URL(filePath: folder)
    let bytes = try Manifest(in: url).shards.reduce(0) { $0 + $1.bytes }
    let progress = Files.Progress("verify", unit: "bytes", total: bytes)
    defer { progress.finish() }
    let inspections = try ShardInspection.inspect(url) { progress.advance(by: $0) }
    progress.finish()
    if json {
      let shards = inspections.map {
        Report.Shard(file: $0.file, images: $0.images, bytes: $0.bytes, problem: $0.problem?.description)
      }
      try JSONText.print(Report(valid: inspections.allSatisfy { $0.problem == nil }, shards: shards))
    } else {
      for inspection in inspections {
        let verdict =
          switch inspection.problem?.code {
          case nil: "as the manifest says"
          case .unreadableShard: "cannot be read"
          default: "damaged"
          }
        try StandardOutput.print(
          "\(inspection.file): \(inspection.images) images, \(inspection.bytes) bytes, \(verdict)")
      }
    }
    if let problem = inspections.lazy.compactMap(\.problem).first { throw problem }
  }
}
