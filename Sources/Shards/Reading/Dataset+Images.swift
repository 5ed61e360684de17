import Files

extension Dataset {
  /// Reads images of one class, to show or copy them.
  ///
  /// Tasks for training come from ``sampleTask(split:classes:seed:index:)``, which keeps the splits apart.
  /// - Parameters:
  ///   - position: the class's position in the manifest.
  ///   - range: which of its images.
  ///   - body: is called with the pixels of each image, [height, width, channels], in order.
  /// - Throws: ``ShardsError`` where the shard does not hold what the manifest says, or what `body` throws.
  public func readImages(
    ofClass position: Int, _ range: Range<Int>, _ body: (_ pixels: [UInt8]) throws -> Void
  ) throws {
    guard !range.isEmpty else { return }
    let reader = try reader(ofClass: position)
    var next = ShardKey(imageClass: position, index: range.lowerBound)
    try ReadTransaction(reader).scan(from: next) { key, value in
      guard key.withUnsafeBytes({ $0.elementsEqual(next.bytes) }), value.byteCount == manifest.shape.count else {
        return false
      }
      try body(value.withUnsafeBytes { [UInt8]($0) })
      next.index += 1
      return next.index < range.upperBound
    }
    guard next.index == range.upperBound else {
      throw ShardsError(
        .damagedShard, reader.path,
        "class \(position) has no image \(next.index): run dataprep verify, and build the dataset again")
    }
  }
}
