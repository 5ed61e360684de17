import Files
import Foundation
import Shards

/// The text in which `info` and `build` describe a dataset to people.
struct Summary {
  private let manifest: Manifest
  private let folder: String

  init(_ manifest: Manifest, in folder: URL) {
    self.manifest = manifest
    self.folder = folder.path.printableLine
  }

  /// The whole dataset in one line.
  var line: String {
    let bytes = manifest.shards.reduce(0) { $0 + $1.bytes }
    return "\(folder): \(manifest.imageCount) images of \(manifest.shape), \(manifest.classes.count) classes, "
      + "\(manifest.shards.count) shard(s), \(bytes) bytes"
  }

  /// Returns a sentence that counts what was left out, and names the first of each kind.
  static func phrase(_ leftOut: [Manifest.LeftOut]) -> String {
    let kinds = leftOut.map { kind in
      let names = kind.names.prefix(namesOfKind).map { $0.printable() }.joined(separator: ", ")
      return "\(kind.count)× \(kind.reason) (\(names)\(kind.count > namesOfKind ? ", …" : ""))"
    }
    return "\(leftOut.reduce(0) { $0 + $1.count }) left out of the input: \(kinds.joined(separator: "; "))"
  }

  /// The most names of a kind in a sentence.
  private static let namesOfKind = 3

  /// The whole dataset in one line, below it a table of the classes, and what was left out where something was.
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
    let leftOut = manifest.leftOut.map { $0.isEmpty ? [] : [Self.phrase($0)] } ?? []
    return ([line] + lines + leftOut).joined(separator: "\n")
  }
}
