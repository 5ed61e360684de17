import CZlib

/// The check sum of zip archives.
struct CRC32 {
  private(set) var value: UInt = crc32(0, nil, 0)

  mutating func add(_ bytes: [UInt8]) { value = crc32(value, bytes, UInt32(bytes.count)) }
}

/// Checksums of archives.
enum Checksum {
  /// The CRC-32 of bytes that follow others, of which it is `previous`; of none it is 0.
  static func crc32(_ bytes: [UInt8], after previous: UInt32 = 0) -> UInt32 {
    UInt32(crc32_z(UInt(previous), bytes, bytes.count))
  }
}
