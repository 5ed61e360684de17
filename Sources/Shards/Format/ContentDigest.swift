import Crypto
import Files

/// The SHA-256 of a shard's content: of each key's six bytes and then its value, in key order.
///
/// It does not depend on how LMDB lays the content out in the file.
struct ContentDigest {
  private var hash = SHA256()

  mutating func add(_ key: ShardKey, _ value: RawSpan) {
    hash.update(data: key.bytes)
    value.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  /// Returns the digest as 64 hexadecimal digits.
  func finish() -> String { Digest.hexadecimal(hash.finalize()) }
}
