import Files

/// The files of a tar archive, read forward and never unpacked: a name is only a name.
///
/// The archive may be a part of the file, as one that lies in another is. It has to end with a block of zeros, as every
/// archive does; one without was cut off. After the block only the padding of the last record may follow. More zeros,
/// or zeros in the middle, are the part of a file that a download reserved and has not reached.
struct TarReader {
  /// A regular file of the archive, or a link.
  struct Entry {
    var name: String
    var size: Int
    /// The time of change, in seconds since 1970.
    var changed: Int
    /// The place where its content begins, in bytes from the beginning of the file.
    var offset: Int
    /// Whether it is a link, which has no content here.
    var isLink = false
  }

  /// The longest name in bytes; names are shorter in any archive that tar made.
  private static let longestName = 1 << 16
  /// The sizes in bytes of the records that archives consist of: tar's own 10 KiB, or powers of two. Zeros fill the last
  /// one, and more of them could stand for pictures that were not fetched.
  private static let records = [10 << 10] + (0...6).map { 1024 << $0 }
  private static let longestRecord = 64 << 10

  private let file: ForwardFile
  /// The place where the archive begins.
  private let start: Int
  /// The place where the archive ends at the latest; nil where only the file's end says.
  private let end: Int?
  /// The name of the archive, for messages.
  private let what: String
  /// The place of the next header.
  private var next: Int

  /// Begins to read an archive that begins where `file` stands and has `size` bytes.
  init(_ file: ForwardFile, size: Int? = nil, named what: String = "the archive") {
    self.file = file
    self.what = what
    start = file.offset
    next = start
    end = size.map { file.offset + $0 } ?? file.size
  }

  /// Checks that a file ends as an archive does: with zeros, be it the last block or the padding after it.
  /// - Throws: ``DataPrepError`` where it does not.
  static func checkEnd(_ path: String) throws {
    let file = try RandomFile(path)
    let blockSize = TarHeader.blockSize
    guard file.size >= blockSize, try file.read(blockSize, at: file.size - blockSize).allSatisfy({ $0 == 0 }) else {
      throw noEnd(path, at: file.size, "the archive")
    }
  }

  /// Returns the next file or link, or nil at the archive's end. Its content may be read next, in whole or not at all.
  /// - Throws: ``DataPrepError`` where the archive is damaged or cut.
  mutating func nextEntry() throws -> Entry? {
    var longName: String?
    var longSize: Int?
    var isSparse = false
    while true {
      guard let header = try nextHeader() else {
        try checkPadding()
        return nil
      }
      let size = header.kind == .file ? longSize ?? header.size : header.size
      let offset = file.offset
      // A header's size is believed no further than the archive reaches.
      let limit = (end ?? Int.max) - offset
      guard size <= limit, size <= Int.max - offset - TarHeader.blockSize else {
        throw DataPrepError(
          .damaged, file.path,
          "ends at byte \(end ?? offset), in \(header.name.printable()) of \(size) bytes: it is incomplete, fetch it again"
        )
      }
      next = offset + (size + TarHeader.blockSize - 1) / TarHeader.blockSize * TarHeader.blockSize
      switch header.kind {
      case .file, .link:
        if isSparse { throw sparse(longName ?? header.name) }
        return Entry(
          name: longName ?? header.name, size: size, changed: header.changed, offset: offset,
          isLink: header.kind == .link)
      case .longName: longName = String(decoding: try content(size, offset).prefix { $0 != 0 }, as: UTF8.self)
      case .extendedHeader:
        let records = try PaxRecords(try content(size, offset)) ?? { throw damaged("a pax header", at: offset) }()
        longName = records.path ?? longName
        longSize = records.size ?? longSize
        isSparse = isSparse || records.isSparse
      case .sparse: throw sparse(longName ?? header.name)
      case .other: (longName, longSize, isSparse) = (nil, nil, false)
      }
    }
  }

  /// Returns the content of an entry, which must be the last that was returned.
  func read(_ entry: Entry) throws -> [UInt8] { try file.read(entry.size, of: entry.name.printable()) }

  /// Returns the header of the next entry of any kind; nil for a block of zeros.
  private mutating func nextHeader() throws -> TarHeader? {
    if let end, end - next < TarHeader.blockSize {
      throw Self.noEnd(file.path, at: end, what)
    }
    try file.skip(to: next, of: what)
    let block = try file.read(TarHeader.blockSize, of: what)
    if block.allSatisfy({ $0 == 0 }) { return nil }
    guard let header = TarHeader(block) else {
      if next == start, let form = InputForm.sentence(ofFirst: block, canBePiped: true) {
        throw DataPrepError(.otherFormat, file.path, "\(start == 0 ? "" : "\(what) ")\(form)")
      }
      throw damaged("no tar header", at: next)
    }
    return header
  }

  /// Checks that only the padding of the last record follows the block of zeros at `next`.
  private func checkPadding() throws {
    while true {
      let place = file.offset
      let piece = try file.read(upTo: min(64 << 10, end.map { $0 - place } ?? .max))
      if piece.isEmpty { break }
      if let first = piece.firstIndex(where: { $0 != 0 }) {
        throw DataPrepError(
          .damaged, file.path,
          "\(what) goes on at byte \(place + first), after zeros from byte \(next) on: a part was not fetched; "
            + "fetch it again")
      }
      guard file.offset - next <= TarHeader.blockSize + Self.longestRecord else { throw tooManyZeros }
    }
    let (size, zeros) = (file.offset - start, file.offset - next)
    // Two blocks of zeros end an archive, and one does, where the last record had no room for another.
    let isPadding = Self.records.contains { size.isMultiple(of: $0) && zeros <= $0 + TarHeader.blockSize }
    guard zeros <= 2 * TarHeader.blockSize || isPadding else { throw tooManyZeros }
  }

  private var tooManyZeros: DataPrepError {
    DataPrepError(
      .damaged, file.path,
      "\(what) has more zeros from byte \(next) on than its end: a part was not fetched; fetch it again, or, if it was "
        + "made so, pack it with records of 10 KiB, as tar does")
  }

  /// The error for a file with holes.
  private func sparse(_ name: String) -> DataPrepError {
    DataPrepError(
      .otherFormat, file.path,
      "\(what) holds \(name.printable()) as a sparse file, without its zeros, which is not read: unpack it with tar and give the "
        + "folder, or pack it again with bsdtar --no-read-sparse, or with GNU tar without --sparse")
  }

  /// Returns the content of an entry that describes the next one.
  private func content(_ size: Int, _ offset: Int) throws -> [UInt8] {
    guard size <= Self.longestName else { throw damaged("a name of \(size) bytes", at: offset) }
    return try file.read(size, of: what)
  }

  private static func noEnd(_ path: String, at end: Int, _ what: String) -> DataPrepError {
    DataPrepError(
      .damaged, path,
      "\(what) ends at byte \(end) without the block of zeros at its end: it is incomplete, fetch it again")
  }

  private func damaged(_ what: String, at offset: Int) -> DataPrepError {
    DataPrepError(.damaged, file.path, "\(what) at byte \(offset): not a tar archive, or damaged; fetch it again")
  }
}
