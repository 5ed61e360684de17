import Files
import Foundation
import Shards

/// Opening of a dataset for the commands that read its images.
enum CheckedDataset {
  /// Opens a dataset, checks its shards, and shows the progress of that on standard error.
  /// - Throws: ``ShardsError`` where it is no dataset, or damaged.
  static func open(_ folder: String) throws -> Dataset {
    let url = URL(filePath: folder)
    let bytes = try Manifest(in: url).shards.reduce(0) { $0 + $1.bytes }
    let progress = Files.Progress("check", unit: "bytes", total: bytes)
    defer { progress.finish() }
    return try Dataset(at: url) { progress.advance(by: $0) }
  }
}
