import Crypto
import Files

/// The digest of a shard's content: each key's six bytes, then its value, in key order.
struct ContentDigest {
  private var hash = SHA256()

  mutating func add(_ key: ShardKey, _ value: RawSpan) {
    hash.update(data: key.bytes)
    value.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  func finish() -> String { Digest.hexadecimal(hash.finalize()) }
}
