import Files
import Foundation
import Shards

/// Opens a dataset for reading its images.
enum CheckedDataset {
  /// Checks the shards as whoever reads them does, and shows how far that is.
  static func open(_ folder: String) throws -> Dataset {
    let url = URL(filePath: folder)
    let bytes = try Manifest(in: url).shards.reduce(0) { $0 + $1.bytes }
    let progress = Files.Progress("check", unit: "bytes", total: bytes)
    defer { progress.finish() }
    return try Dataset(at: url) { progress.advance(by: $0) }
  }
}
