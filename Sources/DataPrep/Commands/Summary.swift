import Files
import Foundation
import Shards

/// The text in which `info` and `build` describe a dataset to people.
struct Summary {
  private let manifest: Manifest
  private let folder: String

  init(_ manifest: Manifest, in folder: URL) {
    self.manifest = manifest
    self.folder = folder.path
  }

  /// The whole dataset in one line.
  var line: String {
    let bytes = manifest.shards.reduce(0) { $0 + $1.bytes }
    return "\(folder): \(manifest.imageCount) images of \(manifest.shape), \(manifest.classes.count) classes, "
      + "\(manifest.shards.count) shard(s), \(bytes) bytes"
  }

  /// The whole dataset in one line, and below it a table of the classes.
  var table: String {
    let rows =
      [["class", "name", "split", "images", "validation", "shard"]]
      + manifest.classes.map {
        [$0.id.printable(), $0.name.printable(), $0.split.rawValue, "\($0.count)", "\($0.validation)", "\($0.shard)"]
      }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
    }
    return ([line] + lines).joined(separator: "\n")
  }
}
