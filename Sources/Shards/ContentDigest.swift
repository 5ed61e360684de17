import Crypto
import Support

/// The digest of a shard's content: each key's six bytes, then its value, in key order.
struct ContentDigest {
  private var hash = SHA256()

  mutating func add(_ key: ShardKey, _ value: RawSpan) {
    hash.update(data: key.bytes)
    value.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  /// Adds all images of a class, `size` bytes each.
  mutating func add(class imageClass: Int, _ pixels: [UInt8], size: Int) {
    for index in 0..<pixels.count / size {
      hash.update(data: ShardKey(imageClass: imageClass, index: index).bytes)
      hash.update(data: pixels[index * size..<(index + 1) * size])
    }
  }

  func finish() -> String { Digest.hexadecimal(hash.finalize()) }
}
