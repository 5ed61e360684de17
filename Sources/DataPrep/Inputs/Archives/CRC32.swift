import CZlib

/// The running checksum of a zip archive's member.
struct CRC32 {
  private(set) var value: UInt = crc32(0, nil, 0)

  mutating func add(_ bytes: [UInt8]) { value = crc32(value, bytes, UInt32(bytes.count)) }
}

/// Checksums of archives.
enum Checksum {
  /// Returns the CRC-32 of bytes that follow others, whose CRC-32 is `previous`; that of no bytes is 0.
  static func crc32(_ bytes: [UInt8], after previous: UInt32 = 0) -> UInt32 {
    UInt32(crc32_z(UInt(previous), bytes, bytes.count))
  }
}
