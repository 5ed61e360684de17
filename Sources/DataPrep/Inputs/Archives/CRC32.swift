import CZlib

/// The running checksum of a zip archive's member; that of no bytes is 0.
struct CRC32 {
  private(set) var value: UInt32 = 0

  /// Adds the bytes that come next.
  mutating func add(_ bytes: [UInt8]) { value = UInt32(crc32_z(UInt(value), bytes, bytes.count)) }
}
