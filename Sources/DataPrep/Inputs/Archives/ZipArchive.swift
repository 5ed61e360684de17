import Files
import Foundation

/// The list of a zip archive's members, as in the files of `numpy.savez`.
///
/// Encryption and several volumes are refused. Source: PKWARE's APPNOTE.TXT 6.3.10, whose sections are given below.
struct ZipArchive {
  /// A member as the list describes it.
  struct Member {
    var name: String
    var isDeflated: Bool
    var checksum: UInt32
    var compressedSize: Int
    var size: Int
    /// The place of the member's own header, in bytes from the file's beginning.
    var offset: Int
  }

  /// The largest list of members in bytes that is read.
  private static let largestList = 1 << 24

  let path: String
  let members: [Member]

  /// Reads the list of an archive.
  /// - Throws: ``DataPrepError`` where it is no zip archive, or one that cannot be read.
  init(_ path: String) throws {
    self.path = path
    let file = try RandomFile(path)
    let (offset, size) = try Self.list(file)
    guard size <= Self.largestList, offset <= file.size - size else { throw file.damaged("the list of members") }
    members = try Self.members(Bytes(try file.read(size, at: offset)), file)
  }

  /// Returns the member of a name.
  /// - Throws: ``DataPrepError`` where there is none.
  func member(_ name: String) throws -> Member {
    guard let member = members.first(where: { $0.name == name }) else {
      throw DataPrepError(
        .otherFormat, path, "has no member \(name), only \(members.map(\.name).joined(separator: ", "))")
    }
    return member
  }

  /// Finds the list of members by the end record (4.3.16), or by its 64-bit extension (4.3.14).
  private static func list(_ file: RandomFile) throws -> (offset: Int, size: Int) {
    // The end record has 22 bytes and a comment of up to 65,535.
    let tailSize = min(file.size, 22 + 65_535)
    let tail = Bytes(try file.read(tailSize, at: file.size - tailSize))
    guard let end = tail.last(of: 0x0605_4B50, size: 22) else {
      throw DataPrepError(.otherFormat, file.path, "no zip archive, as an .npz file is, or cut off: fetch it again")
    }
    let short = (offset: tail.number(end + 16, 4), size: tail.number(end + 12, 4))
    guard short.offset == 0xFFFF_FFFF || short.size == 0xFFFF_FFFF else { return short }
    let locator = end - 20
    guard locator >= 0, tail.number(locator, 4) == 0x0706_4B50 else { throw file.damaged("the 64-bit end record") }
    let record = Bytes(try file.read(56, at: tail.number(locator + 8, 8)))
    guard record.number(0, 4) == 0x0606_4B50 else { throw file.damaged("the 64-bit end record") }
    return (record.number(48, 8), record.number(40, 8))
  }

  /// Reads the entries of the list (4.3.12).
  private static func members(_ list: Bytes, _ file: RandomFile) throws -> [Member] {
    var members: [Member] = []
    var position = 0
    while position < list.count {
      guard list.count - position >= 46, list.number(position, 4) == 0x0201_4B50 else {
        throw file.damaged("the list of members")
      }
      let (name, extra) = (list.number(position + 28, 2), list.number(position + 30, 2))
      let next = position + 46 + name + extra + list.number(position + 32, 2)
      let method = list.number(position + 10, 2)
      guard next <= list.count, [0, 8].contains(method), list.number(position + 8, 2) & 1 == 0 else {
        throw file.damaged("the list of members (stored and deflated ones can be read, encrypted ones cannot)")
      }
      var member = Member(
        name: list.text(position + 46, name), isDeflated: method == 8,
        checksum: UInt32(list.number(position + 16, 4)), compressedSize: list.number(position + 20, 4),
        size: list.number(position + 24, 4), offset: list.number(position + 42, 4))
      extend(&member, list, position + 46 + name, extra)
      guard member.offset < file.size, member.compressedSize <= file.size - member.offset,
        member.isDeflated
          ? member.size <= Inflater.mostBytes(from: member.compressedSize) : member.compressedSize == member.size
      else { throw file.damaged("the list of members") }
      members.append(member)
      position = next
    }
    return members
  }

  /// Takes from the extra field the numbers that do not fit into 32 bits (4.5.3): those with all bits set, in this
  /// order.
  private static func extend(_ member: inout Member, _ list: Bytes, _ start: Int, _ count: Int) {
    var position = start
    while position + 4 <= start + count {
      let (kind, size) = (list.number(position, 2), list.number(position + 2, 2))
      guard position + 4 + size <= start + count else { return }
      if kind == 1 {
        var field = position + 4
        for key in [\Member.size, \.compressedSize, \.offset]
        where member[keyPath: key] == 0xFFFF_FFFF && field + 8 <= position + 4 + size {
          member[keyPath: key] = list.number(field, 8)
          field += 8
        }
      }
      position += 4 + size
    }
  }
}

/// Bytes that hold little-endian numbers.
private struct Bytes {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var count: Int { bytes.count }

  /// Returns the number of `size` bytes at `offset`; one that is larger than any file becomes the largest.
  func number(_ offset: Int, _ size: Int) -> Int {
    let value = bytes[offset..<offset + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(min(value, UInt64(Int.max / 4)))
  }

  func text(_ offset: Int, _ size: Int) -> String {
    String(decoding: bytes[offset..<offset + size], as: UTF8.self)
  }

  /// Returns the place of the last record of `size` bytes that begins with a signature; nil where there is none.
  func last(of signature: Int, size: Int) -> Int? {
    guard count >= size else { return nil }
    return (0...(count - size)).last { number($0, 4) == signature }
  }
}
