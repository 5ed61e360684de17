public import Foundation

/// A dataset folder whose shards have been checked. Tasks are drawn and opened from it.
public struct Dataset: Sendable {
  /// The folder that holds the manifest and the shards.
  public let folder: URL
  /// The contents of the folder's manifest.
  public let manifest: Manifest
  /// The SHA-256 of the file `manifest.json`, 64 hexadecimal digits. As that file names the shards' digests, it stands
  /// for the whole dataset.
  public let manifestDigest: String

  /// Opens a folder, and reads each shard whole unless `verification` remembers it.
  /// - Parameters:
  ///   - folder: the dataset's folder, with its `manifest.json`.
  ///   - verification: remembers the shards whose content was checked.
  ///   - progress: is told the bytes of each piece that is read; what it throws ends the reading.
  /// - Throws: ``ShardsError`` where the folder is no dataset or a shard is missing or damaged.
  public init(
    at folder: URL, verification: ShardVerification = .userCache, progress: (Int) throws -> Void = { _ in }
  ) throws {
    self.folder = folder
    (manifest, manifestDigest) = try Manifest.read(in: folder)
    try verification.check(manifest, in: folder, progress: progress)
  }

  /// Draws the task at `index` of the sequence that `seed` stands for: see
  /// ``Manifest/sampleTask(split:classes:seed:index:in:)``.
  public func sampleTask(split: ClassSplit, classes: Int, seed: UInt64, index: Int) throws -> TaskClasses {
    try manifest.sampleTask(split: split, classes: classes, seed: seed, index: index, in: folder.path)
  }

  /// Opens the images of a task's classes, without hashing or copying any.
  /// - Throws: ``ShardsError`` where a shard does not hold what the manifest says.
  public func open(_ task: TaskClasses) throws -> TaskImages { try TaskImages(task, in: self) }

  /// Returns the reader of the shard that holds the class at a position in the manifest.
  func reader(ofClass position: Int) throws -> ShardReader {
    let shard = manifest.shards[manifest.classes[position].shard]
    return try ShardReader.shared(folder.appending(path: shard.file))
  }
}
