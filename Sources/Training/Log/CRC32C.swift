/// The checksum CRC-32C of Castagnoli (RFC 3720, section 12.1), which TFRecord files carry.
enum CRC32C {
  /// The remainder of each byte, with the bits in reflected order.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1 }
  }

  /// Returns the checksum of bytes.
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { rest, byte in rest >> 8 ^ table[Int(UInt8(truncatingIfNeeded: rest) ^ byte)] }
  }

  /// Returns the checksum as TFRecord stores it: turned by 15 bits, plus a constant.
  ///
  /// So checksums of data that contain checksums do not come out alike.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let plain = checksum(bytes)
    return (plain >> 15 | plain << 17) &+ 0xA282_EAD8
  }
}
