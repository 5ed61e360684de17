public import Foundation
import Support

/// Writes a dataset folder, class by class.
///
/// The same classes give identical files. Memory holds one class at a time.
public final class DatasetWriter {
  /// The images of a class.
  public struct ImageClass: Sendable {
    public var id: String
    public var name: String
    public var split: ClassSplit
    /// Every image, [count, height, width, channels]; those for validation stand last.
    public var pixels: [UInt8]
    /// So many of them are for validation.
    public var validation: Int

    public init(id: String, name: String, split: ClassSplit, pixels: [UInt8], validation: Int) {
      self.id = id
      self.name = name
      self.split = split
      self.pixels = pixels
      self.validation = validation
    }
  }

  /// A shard takes another class only while its pixels stay below this: 256 MiB.
  static let shardBytes = 256 << 20

  private let folder: URL
  private let shardBytes: Int
  private var manifest: Manifest
  private var statistics: ChannelStatistics
  private var file: ShardFileWriter?
  private var fileBytes = 0
  private var content = ContentDigest()

  /// Makes the folder `output` out of the classes that `body` appends.
  ///
  /// The folder bears a temporary name until everything is on the disk. After an error nothing is left.
  /// - Throws: ``ShardsError`` where `output` exists, another process is making it, or the disk is full.
  public static func write(
    to output: URL, source: Manifest.Source, shape: Manifest.Shape, resampling: String,
    _ body: (DatasetWriter) throws -> Void
  ) throws -> Manifest {
    try write(
      to: output, source: source, shape: shape, resampling: resampling, shardBytes: shardBytes, body)
  }

  static func write(
    to output: URL, source: Manifest.Source, shape: Manifest.Shape, resampling: String, shardBytes: Int,
    _ body: (DatasetWriter) throws -> Void
  ) throws -> Manifest {
    let folder = try PartialFolder(for: output)
    do {
      let manifest = Manifest(
        formatVersion: Manifest.currentVersion, toolVersion: toolVersion, source: source, shape: shape,
        resampling: resampling, channels: [], classes: [], shards: [], skipped: [])
      let writer = DatasetWriter(manifest, in: folder.url, shardBytes: shardBytes)
      try body(writer)
      try writer.finish()
      try folder.publish()
      return writer.manifest
    } catch {
      folder.remove()
      throw error
    }
  }

  private init(_ manifest: Manifest, in folder: URL, shardBytes: Int) {
    self.manifest = manifest
    self.folder = folder
    self.shardBytes = shardBytes
    statistics = ChannelStatistics(channels: manifest.shape.channels)
  }

  /// Appends a class; its position in the manifest is the order of the calls.
  /// - Throws: ``ShardsError`` where it has no training image.
  public func append(_ imageClass: ImageClass) throws {
    let size = manifest.shape.count
    precondition(imageClass.pixels.count.isMultiple(of: size), "pixels of whole images")
    let count = imageClass.pixels.count / size
    guard count > imageClass.validation, manifest.classes.count < ShardKey.classLimit else {
      throw ShardsError(
        .invalidImages, folder.path,
        "class \(imageClass.id) has no training image, or is one of more than \(ShardKey.classLimit) classes")
    }
    if file != nil, fileBytes + imageClass.pixels.count > shardBytes { try finishShard() }
    let position = manifest.classes.count
    let file = try file ?? ShardFileWriter(folder.appending(path: Manifest.Shard.file(manifest.shards.count)))
    self.file = file
    try file.append(class: position, imageClass.pixels, size: size)
    fileBytes += imageClass.pixels.count
    content.add(class: position, imageClass.pixels, size: size)
    if imageClass.split == .train { statistics.add(imageClass.pixels.dropLast(imageClass.validation * size)) }
    manifest.classes.append(
      Manifest.ImageClass(
        id: imageClass.id, name: imageClass.name, split: imageClass.split, shard: manifest.shards.count,
        count: count, validation: imageClass.validation))
  }

  private func finishShard() throws {
    try file?.finish()
    file = nil
    let name = Manifest.Shard.file(manifest.shards.count)
    let url = folder.appending(path: name)
    try SystemCall.syncFile(url.path)
    let bytes = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
    manifest.shards.append(
      Manifest.Shard(
        file: name, bytes: bytes, fileSha256: try Digest.sha256(fileAt: url), contentSha256: content.finish()))
    fileBytes = 0
    content = ContentDigest()
  }

  private func finish() throws {
    guard !manifest.classes.isEmpty else { throw ShardsError(.invalidImages, folder.path, "there is no image") }
    try finishShard()
    manifest.channels = statistics.channels
    try AtomicFile.write(try manifest.encoded(), to: folder.appending(path: Manifest.fileName))
  }
}
