import Files
public import Foundation

/// A writer of a dataset folder, image by image, class after class.
///
/// The same images give identical files, however often the making was stopped and taken up again. No image stays in
/// memory: what is not on the disk yet is in the mapped file.
public final class DatasetWriter {
  /// The folder that is being filled. Temporary files may lie in it: what is not the dataset's is removed at the end.
  public let folder: URL
  /// The classes that an earlier, stopped build finished, in order, with what ``begin(id:name:origin:)`` was told of
  /// them. They must not be appended again.
  public let finishedClasses: [(id: String, origin: String?)]
  private let shape: Manifest.Shape
  private let shardBytes: Int
  private var journal: BuildJournal
  private var ids: Set<String>
  private var file: ShardFileWriter?
  /// The bytes of the pixels in the open shard.
  private var fileBytes = 0
  /// The class that is being appended; nil between classes.
  private var open: (id: String, name: String, origin: String?, count: Int)?

  init(_ journal: BuildJournal, in folder: URL, shape: Manifest.Shape, shardBytes: Int) {
    self.journal = journal
    self.folder = folder
    self.shape = shape
    self.shardBytes = shardBytes
    finishedClasses = journal.classes.map { ($0.id, $0.origin) }
    ids = Set(finishedClasses.map(\.id))
  }

  /// Whether a shard is finished, so that something would be lost with the folder.
  var hasFinishedShard: Bool { !journal.shards.isEmpty }

  /// The number of finished shards.
  public var shardCount: Int { journal.shards.count }
  /// The number of images of the classes that have ended.
  public var imageCount: Int { journal.classes.reduce(0) { $0 + $1.count } }
  /// The images of the source that are not in the dataset, with the reasons.
  public var skipped: [Manifest.Skipped] { journal.skipped }
  /// What of the source was not taken for images, by the reason.
  public var leftOut: [Manifest.LeftOut] { journal.leftOut ?? [] }
  /// The number of images that are in the dataset although the decoder complained of their files.
  public var warningCount: Int { journal.warnings }
  /// The bytes of the finished shards' files.
  public var finishedBytes: Int { journal.shards.reduce(0) { $0 + $1.bytes } }

  /// Returns about how many bytes the shards of this many images have.
  public static func estimatedBytes(images: Int, shape: Manifest.Shape) -> Int {
    let page = SystemCall.pageSize
    return ShardFileWriter.pages(ofImages: images, size: shape.count, page: page) * page
  }

  /// Begins a class; its position in the manifest is the order of the calls.
  /// - Parameters:
  ///   - id: the class's identifier, which no other class has.
  ///   - name: the name as people read it.
  ///   - origin: a text that shows, when a stopped build goes on, that the input's class is still the same one.
  /// - Throws: ``ShardsError`` where there is such a class already, or there are too many.
  public func begin(id: String, name: String, origin: String? = nil) throws {
    precondition(open == nil, "a class ends before another begins")
    guard journal.classes.count < ShardKey.classLimit else {
      throw ShardsError(.invalidImages, folder.path, "there are more than \(ShardKey.classLimit) classes")
    }
    guard ids.insert(id).inserted else {
      throw ShardsError(.invalidImages, folder.path, "there are two classes \(id)")
    }
    open = (id, name, origin, 0)
  }

  /// Appends an image, [height, width, channels], to the class that has begun.
  /// - Throws: ``ShardsError`` where the disk is full or cannot be written.
  public func append(_ pixels: ArraySlice<UInt8>) throws {
    guard let imageClass = open else { preconditionFailure("an image has a class") }
    let url = folder.appending(path: Manifest.Shard.file(journal.shards.count))
    let file = try file ?? ShardFileWriter(url, size: shape.count)
    self.file = file
    guard imageClass.count <= Int(UInt32.max) else {
      throw ShardsError(.invalidImages, folder.path, "class \(imageClass.id) has more images than a key can count")
    }
    try file.append(ShardKey(imageClass: journal.classes.count, index: imageClass.count), pixels)
    fileBytes += pixels.count
    open?.count += 1
  }

  /// Notes an image of the source that is not in the dataset.
  public func skip(name: String, reason: String) {
    journal.skipped.append(Manifest.Skipped(name: name, reason: reason))
  }

  /// Notes something of the source that is not taken for an image. What has the same reason is counted together.
  public func leaveOut(name: String, reason: String) {
    Manifest.LeftOut.add(name: name, reason: reason, to: &journal.leftOut)
  }

  /// Notes that the decoder complained of the file of an image that is in the dataset.
  public func warn() { journal.warnings += 1 }

  /// Ends the class, and with it the shard where that is full.
  /// - Parameter validation: returns how many of a number of images are for validation; the last ones are.
  /// - Throws: ``ShardsError`` where the class has no training image.
  public func end(validation: (Int) -> Int) throws {
    guard let imageClass = open else { preconditionFailure("a class has begun") }
    open = nil
    let tail = validation(imageClass.count)
    guard imageClass.count > tail else {
      let last = skipped.last.map { "; the last one skipped is \($0.name): \($0.reason)" } ?? ""
      throw ShardsError(
        .invalidImages, folder.path,
        "class \(imageClass.id) has no image to train on (\(imageClass.count) images, \(tail) for validation)\(last)")
    }
    try file?.commit()
    journal.classes.append(
      BuildJournal.FinishedClass(
        id: imageClass.id, name: imageClass.name, origin: imageClass.origin, shard: journal.shards.count,
        count: imageClass.count, validation: tail, statistics: ChannelStatistics(channels: shape.channels)))
    if fileBytes >= shardBytes { try finishShard() }
  }

  /// Finishes the last shard and writes the manifest.
  /// - Parameters:
  ///   - source: where the images come from.
  ///   - resampling: how the source's images were brought to the shape.
  ///   - splits: returns the split of each class from the ids of all.
  /// - Throws: ``ShardsError`` where there is no class, or what `splits` throws.
  public func finish(
    source: Manifest.Source, resampling: String, splits: ([String]) throws -> [ClassSplit]
  ) throws -> Manifest {
    precondition(open == nil, "the last class has ended")
    guard !journal.classes.isEmpty else { throw ShardsError(.invalidImages, folder.path, "there is no image") }
    if file != nil { try finishShard() }
    let splits = try splits(journal.classes.map(\.id))
    var statistics = ChannelStatistics(channels: shape.channels)
    for (imageClass, split) in zip(journal.classes, splits) where split == .train {
      statistics.add(imageClass.statistics)
    }
    let classes = zip(journal.classes, splits).map {
      Manifest.ImageClass(
        id: $0.id, name: $0.name, split: $1, shard: $0.shard, count: $0.count, validation: $0.validation)
    }
    let manifest = Manifest(
      formatVersion: Manifest.currentVersion, toolVersion: toolVersion, source: source, shape: shape,
      resampling: resampling, decoderRevision: journal.identity.decoderRevision, channels: statistics.channels,
      classes: classes, shards: journal.shards, skipped: journal.skipped, leftOut: journal.leftOut,
      warnings: journal.warnings)
    try AtomicFile.write(try manifest.encoded(), to: folder.appending(path: Manifest.fileName))
    return manifest
  }

  /// Closes the shard, reads back what was written, and makes it durable.
  private func finishShard() throws {
    try file?.finish()
    file = nil
    fileBytes = 0
    let name = Manifest.Shard.file(journal.shards.count)
    let url = folder.appending(path: name)
    try SystemCall.syncFile(url.path)
    let content = try readBack(url)
    let bytes = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
    journal.shards.append(
      Manifest.Shard(file: name, bytes: bytes, fileSha256: try Digest.sha256(fileAt: url), contentSha256: content))
    try journal.write(in: folder)
  }

  /// Reads the shard that was written last, fills in its classes' statistics, and returns its content's digest.
  private func readBack(_ url: URL) throws -> String {
    let position = journal.shards.count
    guard let first = journal.classes.firstIndex(where: { $0.shard == position }) else {
      preconditionFailure("a shard has a class")
    }
    var digest = ContentDigest()
    var key = ShardKey(imageClass: first, index: 0)
    try ReadTransaction(ShardReader.shared(url)).scan(from: key) { _, value in
      digest.add(key, value)
      let imageClass = journal.classes[key.imageClass]
      if key.index < imageClass.count - imageClass.validation {
        journal.classes[key.imageClass].statistics.add(value)
      }
      key.index += 1
      if key.index == imageClass.count { key = ShardKey(imageClass: key.imageClass + 1, index: 0) }
      return true
    }
    return digest.finish()
  }
}
