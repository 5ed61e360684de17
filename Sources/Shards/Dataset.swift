public import Foundation
import Support

/// A dataset folder whose shards have been checked: what tasks are opened from.
public struct Dataset: Sendable {
  public let folder: URL
  public let manifest: Manifest
  /// The SHA-256 of the file `manifest.json`; as that names the shards' digests, it stands for the whole dataset.
  public let manifestDigest: String

  public var imageShape: ImageShape { manifest.imageShape }

  /// Opens a folder, and reads each shard whole unless `verification` remembers it.
  /// - Parameter progress: is told the bytes of each piece that is read.
  /// - Throws: ``ShardsError`` where the folder is no dataset or a shard is missing or damaged.
  public init(at folder: URL, verification: ShardVerification, progress: (Int) -> Void = { _ in }) throws {
    self.folder = folder
    (manifest, manifestDigest) = try Manifest.read(in: folder)
    try verification.check(manifest, in: folder, progress: progress)
  }

  /// The reader of the shard that holds a class.
  func reader(ofClass position: Int) throws -> ShardReader {
    let shard = manifest.shards[manifest.classes[position].shard]
    return try ShardReader.shared(folder.appending(path: shard.file))
  }
}
