/// Reads a member of a zip archive forward, inflates it where it is deflated, and checks its checksum at its end.
final class ZipMemberReader {
  private let file: RandomFile
  private let member: ZipArchive.Member
  private let inflater: Inflater?
  private var checksum = CRC32()
  /// The number of compressed bytes that were read.
  private var taken = 0
  private let start: Int
  /// The number of bytes of the content that were read.
  private(set) var offset = 0

  var size: Int { member.size }
  var path: String { file.path }

  init(_ member: ZipArchive.Member, of archive: ZipArchive) throws {
    file = try RandomFile(archive.path)
    self.member = member
    // The member's own header (APPNOTE 4.3.7) has 30 bytes, the name and an extra field; the list has said the rest.
    let header = try file.read(30, at: member.offset)
    guard header[..<4] == [0x50, 0x4B, 3, 4] else { throw file.damaged(member.name) }
    start = member.offset + 30 + Int(header[26]) + Int(header[27]) << 8 + Int(header[28]) + Int(header[29]) << 8
    inflater = member.isDeflated ? Inflater() : nil
    guard start <= file.size, member.compressedSize <= file.size - start else { throw file.damaged(member.name) }
  }

  /// Returns the next `count` bytes of the content.
  /// - Throws: ``DataPrepError`` where the member is damaged or ends before.
  func read(_ count: Int) throws -> [UInt8] {
    guard count <= size - offset else { throw file.damaged(member.name) }
    let bytes = try inflater.map { try $0.read(count, more: compressed) ?? [] } ?? stored(count)
    guard bytes.count == count else { throw file.damaged(member.name) }
    offset += count
    checksum.add(bytes)
    if offset == size, checksum.value != member.checksum { throw file.damaged(member.name) }
    return bytes
  }

  private func stored(_ count: Int) throws -> [UInt8] {
    defer { taken += count }
    return try file.read(count, at: start + taken)
  }

  private func compressed() throws -> [UInt8] {
    let count = min(member.compressedSize - taken, 1 << 17)
    return try stored(count)
  }
}
