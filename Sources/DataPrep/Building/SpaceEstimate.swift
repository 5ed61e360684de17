import Files
import Foundation
import Shards

/// An estimate, made before a build starts, of the room that it takes on the disk.
struct SpaceEstimate {
  private let images: Int?
  private let bytes: Int

  /// Makes the estimate.
  /// - Parameter finishedBytes: the bytes of the shards that a stopped build has finished.
  init(_ source: any ImageSource, shape: Manifest.Shape, finishedBytes: Int) {
    images = source.expectedImages
    let shards = DatasetWriter.estimatedBytes(images: images ?? 0, shape: shape)
    bytes = max(shards - finishedBytes, 0) + source.temporaryBytes
  }

  /// Tells `notice` the estimate and the free room.
  /// - Throws: ``DataPrepError`` where the disk of `folder` has less.
  func check(in folder: URL, _ notice: (String) -> Void) throws {
    guard let images else { return notice("the input is a stream: how much room it takes shows at its end") }
    let free = try SystemCall.freeBytes(folder.path)
    let figures = "about \(images) images take \(Self.text(bytes)), and \(Self.text(free)) are free"
    notice(figures)
    guard bytes <= free else {
      throw DataPrepError(.noSpace, folder.path, "no space left on the disk: \(figures): free some and start again")
    }
  }

  private static func text(_ bytes: Int) -> String {
    bytes < 10 << 30 ? "\(bytes >> 20) MiB" : "\(bytes >> 30) GiB"
  }
}
