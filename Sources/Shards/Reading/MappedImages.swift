import Files

/// The addresses of images in mapped shards, of any number of shards, in the order in which they were gathered.
struct MappedImages: @unchecked Sendable {  // The addresses point to memory that nobody writes.
  private var transactions: [ReadTransaction] = []
  private var addresses: [UnsafeRawPointer] = []
  /// The number of bytes of every image.
  let size: Int

  /// Makes an empty collection for images of `size` bytes.
  init(size: Int) { self.size = size }

  var count: Int { addresses.count }

  /// Finds `count` images from the key `first` on and keeps their addresses, which stay valid as long as this value.
  /// - Throws: ``ShardsError`` where the shard does not have them.
  mutating func gather(_ count: Int, from first: ShardKey, in reader: ShardReader) throws {
    guard count > 0 else { return }
    let transaction = try ReadTransaction(reader)
    transactions.append(transaction)
    let end = addresses.count + count
    var expected = first
    try transaction.visit(from: first) { key, value in
      guard key.elementsEqual(expected.bytes), value.count == size, let address = value.baseAddress else {
        return false
      }
      addresses.append(address)
      expected.index += 1
      return addresses.count < end
    }
    transaction.gathered = (addresses.suffix(count).min(), addresses.suffix(count).max().map { $0 + size })
    transaction.fetchGathered()
    guard addresses.count == end else {
      throw ShardsError(
        .damagedShard, reader.path,
        "class \(expected.imageClass) has no image \(expected.index): run dataprep verify, and build the dataset again")
    }
  }

  /// Writes the scaled pixels of the image at `index` to `floats` from `offset` on.
  func copy(_ index: Int, into floats: inout [Float], at offset: Int, _ scaling: PixelScaling) {
    precondition(offset + size <= floats.count && scaling.scales.count == size)
    let pixels = addresses[index].assumingMemoryBound(to: UInt8.self)
    floats.withUnsafeMutableBufferPointer { floats in
      scaling.scales.withUnsafeBufferPointer { scales in
        scaling.shifts.withUnsafeBufferPointer { shifts in
          guard let target = floats.baseAddress, let scales = scales.baseAddress, let shifts = shifts.baseAddress
          else { return }
          let row = target + offset
          for i in 0..<size { row[i] = Float(pixels[i]) * scales[i] + shifts[i] }
        }
      }
    }
  }
}
