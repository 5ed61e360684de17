import Files
import Foundation

/// Writes a zip archive of members that are not compressed, of any size.
///
/// Numbers in the comments are sections of PKWARE's APPNOTE 6.3.10. In front of a member, sizes are always given in 64
/// bits (4.5.3), as is allowed. In the list of members they are only where they do not fit into 32.
final class ZipWriter {
  private struct Member {
    var name: String
    var offset: Int
    var bytes = 0
    var checksum = CRC32()
  }

  private let path: String
  private let descriptor: Int32
  private var offset = 0
  private var members: [Member] = []

  /// Makes the file; it must not exist.
  init(_ url: URL) throws {
    path = url.path
    descriptor = try SystemCall.open(path, O_WRONLY | O_CREAT | O_EXCL)
  }

  deinit { SystemCall.close(descriptor) }

  /// Writes a member.
  /// - Parameter body: is called with a function that appends bytes to the member.
  func add(_ name: String, _ body: ((_ bytes: [UInt8]) throws -> Void) throws -> Void) throws {
    var member = Member(name: name, offset: offset)
    try append(Self.localHeader(member))
    try body { bytes in
      member.checksum.add(bytes)
      member.bytes += bytes.count
      try append(bytes)
    }
    try SystemCall.write(descriptor, Data(Self.localHeader(member)), at: member.offset, path: path)
    members.append(member)
  }

  /// Writes the list of members, and syncs the file.
  func finish() throws {
    let start = offset
    for member in members { try append(Self.listEntry(member)) }
    try append(Self.end(count: members.count, start: start, bytes: offset - start))
    try SystemCall.sync(descriptor, path: path)
  }

  private func append(_ bytes: [UInt8]) throws {
    try SystemCall.write(descriptor, Data(bytes), path: path)
    offset += bytes.count
  }

  private static let limit = 0xFFFF_FFFF
  /// The first day that can be written (4.4.6). It is always the same, so that the same images give the same file.
  private static let date = 1 << 5 | 1

  /// Returns the header in front of a member (4.3.7). The sizes are in the extra field (4.5.3).
  private static func localHeader(_ member: Member) -> [UInt8] {
    number(0x0403_4B50, 4) + number(45, 2) + number(0, 2) + number(0, 2) + number(0, 2) + number(date, 2)
      + number(Int(member.checksum.value), 4) + number(limit, 4) + number(limit, 4)
      + number(member.name.utf8.count, 2) + number(20, 2) + member.name.utf8
      + number(1, 2) + number(16, 2) + number(member.bytes, 8) + number(member.bytes, 8)
  }

  /// Returns a member's entry in the list (4.3.12). Size and offset are in the extra field where they do not fit.
  private static func listEntry(_ member: Member) -> [UInt8] {
    let large = max(member.bytes, member.offset) >= limit
    let extra =
      number(1, 2) + number(24, 2) + number(member.bytes, 8) + number(member.bytes, 8) + number(member.offset, 8)
    let bytes = large ? limit : member.bytes
    let fixed = number(0x0201_4B50, 4) + number(45, 2) + number(45, 2) + number(0, 2) + number(0, 2) + number(0, 2)
    return fixed + number(date, 2) + number(Int(member.checksum.value), 4) + number(bytes, 4) + number(bytes, 4)
      + number(member.name.utf8.count, 2) + number(large ? extra.count : 0, 2)
      + number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(large ? limit : member.offset, 4)
      + member.name.utf8 + (large ? extra : [])
  }

  /// Returns the end of the archive (4.3.16), after 4.3.14 and 4.3.15 where the list does not begin in the first 4 GiB.
  private static func end(count: Int, start: Int, bytes: Int) -> [UInt8] {
    let large = start >= limit
    let record =
      number(0x0606_4B50, 4) + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 4) + number(0, 4)
      + number(count, 8) + number(count, 8) + number(bytes, 8) + number(start, 8)
    let locator = number(0x0706_4B50, 4) + number(0, 4) + number(start + bytes, 8) + number(1, 4)
    return (large ? record + locator : [])
      + number(0x0605_4B50, 4) + number(0, 2) + number(0, 2) + number(count, 2) + number(count, 2)
      + number(bytes, 4) + number(large ? limit : start, 4) + number(0, 2)
  }

  /// Returns a number as little-endian bytes.
  private static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
