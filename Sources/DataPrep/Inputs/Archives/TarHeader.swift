/// The header of a tar entry, a block of 512 bytes: POSIX ustar, and GNU tar's form of it.
///
/// Source: IEEE Std 1003.1, pax, "ustar Interchange Format"; the GNU tar manual, "Basic Tar Format".
struct TarHeader {
  static let blockSize = 512

  /// The kinds of entry that the reader tells apart.
  enum Kind {
    /// A regular file.
    case file
    /// An entry of GNU tar whose content is the next entry's name.
    case longName
    /// An entry of POSIX whose content is records `length key=value` for the next entry, for example its path.
    case extendedHeader
    /// A file with holes, by GNU tar, whose content is not laid out as the file is.
    case sparse
    /// A link to another entry or to a file, which has nothing to read.
    case link
    /// A folder, a device and the like, which has nothing to read.
    case other
  }

  var name: String
  /// The size of the content in bytes.
  var size: Int
  /// The time of change, in seconds since 1970; 0 where the field is no number.
  var changed: Int
  var kind: Kind

  /// Reads a block; nil where it is no header: its checksum is wrong or its size cannot be.
  init?(_ block: [UInt8]) {
    precondition(block.count == Self.blockSize, "a block")
    guard let sum = Self.number(block[148..<156]), sum == Self.checksum(block),
      let size = Self.number(block[124..<136])
    else { return nil }
    self.size = size
    changed = Self.number(block[136..<148]) ?? 0
    let name = Self.text(block[..<100])
    let isPOSIX = Array(block[257..<263]) == Array("ustar\0".utf8)
    let prefix = isPOSIX ? Self.text(block[345..<500]) : ""
    self.name = prefix.isEmpty ? name : prefix + "/" + name
    switch block[156] {
    case UInt8(ascii: "0"), 0, UInt8(ascii: "7"): kind = .file
    case UInt8(ascii: "L"): kind = .longName
    case UInt8(ascii: "x"): kind = .extendedHeader
    case UInt8(ascii: "S"): kind = .sparse
    case UInt8(ascii: "1"), UInt8(ascii: "2"): kind = .link
    default: kind = .other
    }
    // Links of some old archivers carry the size of what they point to, and no content.
    if kind == .link { self.size = 0 }
  }

  /// Returns whether a file that begins with these bytes is a tar archive.
  static func begins(_ bytes: [UInt8]) -> Bool {
    bytes.count == blockSize && bytes.contains { $0 != 0 } && TarHeader(bytes) != nil
  }

  /// Returns the sum of the bytes, those of the checksum itself counted as spaces.
  private static func checksum(_ block: [UInt8]) -> Int {
    block.reduce(0) { $0 + Int($1) } - block[148..<156].reduce(0) { $0 + Int($1) } + 8 * 32
  }

  /// Returns the text of a field up to the first zero byte.
  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Reads octal digits between spaces and zero bytes, or, for larger numbers, GNU's binary with the first bit set.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 {
      var value = Int(first & 0x7F)
      for byte in field.dropFirst() {
        guard value < 1 << 54 else { return nil }  // Larger than any file; also what would be negative.
        value = value << 8 | Int(byte)
      }
      return value
    }
    let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
    return digits.isEmpty ? 0 : Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 < 0 ? nil : $0 }
  }
}
