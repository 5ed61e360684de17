/// The key of an image in a shard. The order of the keys' bytes is the order of classes, then of images.
struct ShardKey: Equatable {
  /// The number of bytes of a key.
  static let size = 6
  /// The most classes that a dataset can have.
  static let classLimit = 1 << 16

  /// The class's position in the manifest.
  var imageClass: Int
  /// The image's position in the class.
  var index: Int

  /// The bytes of the key: the class as a big-endian UInt16, then the index as a big-endian UInt32.
  var bytes: [UInt8] {
    let first = UInt16(imageClass)
    let second = UInt32(index)
    return [8, 0].map { UInt8(truncatingIfNeeded: first >> $0) }
      + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: second >> $0) }
  }
}
