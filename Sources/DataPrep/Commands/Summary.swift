import Foundation
import Shards

/// What `info` says of a dataset, for people and as JSON.
struct Summary: Encodable {
  struct ImageClass: Encodable {
    var id: String
    var name: String
    var split: ClassSplit
    var count: Int
    var validation: Int
    var shard: Int
  }

  let images: Int
  let shape: Manifest.Shape
  let classes: [ImageClass]
  private let folder: String
  private let shards: Int
  private let bytes: Int

  private enum CodingKeys: CodingKey { case images, shape, classes }

  init(_ manifest: Manifest, in folder: URL) {
    images = manifest.imageCount
    shape = manifest.shape
    classes = manifest.classes.map {
      ImageClass(
        id: $0.id, name: $0.name, split: $0.split, count: $0.count, validation: $0.validation, shard: $0.shard)
    }
    self.folder = folder.path
    shards = manifest.shards.count
    bytes = manifest.shards.reduce(0) { $0 + $1.bytes }
  }

  /// One line for the whole.
  var line: String {
    "\(folder): \(images) images of \(shape), \(classes.count) classes, \(shards) shard(s), \(bytes) bytes"
  }

  /// The line and one for each class.
  var table: String {
    let rows =
      [["class", "name", "split", "images", "validation", "shard"]]
      + classes.map { [$0.id, $0.name, $0.split.rawValue, "\($0.count)", "\($0.validation)", "\($0.shard)"] }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
    }
    return ([line] + lines).joined(separator: "\n")
  }
}
