public import Files
public import Foundation

/// The findings of a thorough inspection of one shard.
public struct ShardInspection: Sendable, Equatable {
  /// The name of the file.
  public var file: String
  /// The number of images that the manifest says the shard has.
  public var images: Int
  /// The size of the file in bytes that the manifest gives.
  public var bytes: Int
  /// The first thing that is wrong; nil where nothing is.
  public var problem: ShardsError?

  /// Inspects every shard of a folder: the file's size and SHA-256 first, then every key, every value's size, the
  /// counts and the SHA-256 of the content. Faults of a shard are returned, not thrown.
  /// - Parameters:
  ///   - folder: the dataset's folder.
  ///   - progress: is told the bytes of each piece of the files that is read.
  /// - Throws: ``ShardsError`` where the manifest cannot be used.
  public static func inspect(_ folder: URL, progress: (Int) -> Void = { _ in }) throws -> [ShardInspection] {
    let manifest = try Manifest(in: folder)
    return try manifest.shards.indices.map { position in
      let shard = manifest.shards[position]
      let images = manifest.classes.reduce(0) { $0 + ($1.shard == position ? $1.count : 0) }
      var inspection = ShardInspection(file: shard.file, images: images, bytes: shard.bytes)
      let url = folder.appending(path: shard.file)
      do {
        try ShardVerification.checkFile(shard, at: url, progress: progress)
        try checkContent(of: position, in: manifest, at: url)
      } catch let error as ShardsError {
        inspection.problem = error
      } catch let error as FileError {
        inspection.problem = ShardsError(unreadable: url.path, error)
      }
      return inspection
    }
  }

  private static func checkContent(of position: Int, in manifest: Manifest, at url: URL) throws {
    var expected = manifest.classes.indices.lazy
      .filter { manifest.classes[$0].shard == position }
      .flatMap { imageClass in
        (0..<manifest.classes[imageClass].count).lazy.map { ShardKey(imageClass: imageClass, index: $0) }
      }
      .makeIterator()
    var digest = ContentDigest()
    func damaged(_ what: String) -> ShardsError {
      ShardsError(.damagedShard, url.path, "\(what): build the dataset again")
    }
    try ReadTransaction(ShardReader.shared(url)).scan(from: ShardKey(imageClass: 0, index: 0)) { key, value in
      guard let next = expected.next() else { throw damaged("it has more images than the manifest says") }
      let place = "class \(next.imageClass), image \(next.index)"
      guard key.withUnsafeBytes({ $0.elementsEqual(next.bytes) }) else { throw damaged("\(place) has another key") }
      guard value.byteCount == manifest.shape.count else {
        throw damaged("\(place) has \(value.byteCount) bytes")
      }
      digest.add(next, value)
      return true
    }
    if let next = expected.next() { throw damaged("class \(next.imageClass) has no image \(next.index)") }
    guard digest.finish() == manifest.shards[position].contentSha256 else {
      throw damaged("the SHA-256 of its content is not the manifest's")
    }
  }
}
