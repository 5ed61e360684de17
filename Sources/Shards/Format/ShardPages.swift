import Files
import Foundation

/// A check that every page of a shard that LMDB may look at stays inside the file.
///
/// LMDB believes its pages: where a number in one is wrong it reads beyond the map, or ends the process. A SHA-256 shows
/// damage, but a file that somebody made so has the right one in its manifest. The layout is that of LMDB 0.9 on 64-bit
/// little-endian machines (its `mdb.c`: `MDB_page`, `MDB_meta`, `MDB_node`).
struct ShardPages {
  /// The size of a page's header in bytes.
  private static let header = 16
  /// The bytes of a page's header and of the meta data behind it.
  private static let metaSize = 152
  /// The most levels that a cursor of LMDB can go down.
  private static let mostLevels = 32

  private let descriptor: Int32
  private let path: String
  private let pageSize: Int
  /// The number of the last page in use.
  private let last: Int
  private var seen: Set<Int> = []
  /// The level of the leaves, counted from the root; nil before the first.
  private var leafLevel: Int?

  /// Checks a file.
  /// - Throws: ``ShardsError`` where LMDB must not read it, `FileError` where it cannot be read.
  static func check(_ path: String) throws {
    let descriptor = try SystemCall.open(path, O_RDONLY)
    defer { SystemCall.close(descriptor) }
    let size = try FileStatus(descriptor, path: path).bytes
    func meta(at offset: Int) throws -> Meta {
      let bytes = try SystemCall.read(descriptor, metaSize, at: offset, path: path)
      guard bytes.count == metaSize, let meta = Meta(bytes) else { throw fault("no meta page at \(offset)", path) }
      return meta
    }
    let first = try meta(at: 0)
    let second = try meta(at: first.pageSize)
    let newest = first.transaction < second.transaction ? second : first
    guard first.pageSize == second.pageSize, newest.last < size / first.pageSize, newest.hasPlainKeys else {
      throw fault("its meta pages", path)
    }
    var pages = ShardPages(descriptor: descriptor, path: path, pageSize: first.pageSize, last: newest.last)
    if let root = newest.root { try pages.visit(root, level: 1) }
  }

  private init(descriptor: Int32, path: String, pageSize: Int, last: Int) {
    self.descriptor = descriptor
    self.path = path
    self.pageSize = pageSize
    self.last = last
  }

  private static func fault(_ place: String, _ path: String) -> ShardsError {
    ShardsError(.damagedShard, path, "not a shard that can be read (\(place)): build the dataset again")
  }

  /// Checks a page of the tree and those below it.
  private mutating func visit(_ number: Int, level: Int) throws {
    func check(_ holds: Bool) throws { if !holds { throw Self.fault("page \(number)", path) } }
    // The first two are the meta pages.
    try check((2...max(last, 2)).contains(number) && last >= 2 && level <= Self.mostLevels)
    try check(seen.insert(number).inserted)
    let page = try SystemCall.read(descriptor, pageSize, at: number * pageSize, path: path)
    try check(page.count == pageSize)
    let (flags, lower, upper) = (page.number16(10), page.number16(12), page.number16(14))
    let isLeaf = flags == 2
    try check(isLeaf || flags == 1)
    try check(lower >= Self.header && lower.isMultiple(of: 2) && lower <= upper && upper <= pageSize)
    let count = (lower - Self.header) / 2
    try check(count >= (isLeaf ? 1 : 2))
    if isLeaf {
      try check(leafLevel ?? level == level)
      leafLevel = level
    }
    for index in 0..<count {
      // A node is 8 bytes, its key and, in a leaf, its value or the number of the pages that hold that.
      let node = page.number16(Self.header + 2 * index)
      try check(node >= upper && node + 8 <= pageSize)
      let end = node + 8 + page.number16(node + 6)
      try check(end <= pageSize)
      let (low, high) = (page.number32(node), page.number16(node + 4))
      if !isLeaf {
        try visit(low | high << 32, level: level + 1)
      } else if high == 0 {
        try check(end + low <= pageSize)
      } else {
        try check(high == 1 && end + 8 <= pageSize)
        let first = page.number64(end) ?? 0
        try check((2...last).contains(first) && (Self.header + low - 1) / pageSize <= last - first)
      }
    }
  }

  /// What a meta page says.
  private struct Meta {
    var pageSize: Int
    var last: Int
    var transaction: Int
    /// The page of the tree's root; nil where the tree is empty.
    var root: Int?
    /// Whether neither the map's address is fixed, nor keys have several values or another order than that of bytes.
    var hasPlainKeys: Bool

    /// Reads a meta page's first bytes; nil where they are not those of one.
    init?(_ bytes: [UInt8]) {
      let isMeta = bytes.number16(10) & 8 != 0
      guard isMeta, bytes.number32(16) == 0xBEEF_C0DE, bytes.number32(20) == 1 else { return nil }
      pageSize = bytes.number32(40)
      guard (256...32_768).contains(pageSize), pageSize.nonzeroBitCount == 1 else { return nil }
      guard let last = bytes.number64(136), let transaction = bytes.number64(144) else { return nil }
      (self.last, self.transaction) = (last, transaction)
      hasPlainKeys = bytes.number16(44) & 1 == 0 && bytes.number16(92) == 0
      // All ones stand for no page.
      let isEmpty = bytes[128..<136].allSatisfy { $0 == 0xFF }
      root = isEmpty ? nil : bytes.number64(128) ?? 0
    }
  }
}

extension [UInt8] {
  /// Returns the little-endian number of 16 bits at an offset.
  fileprivate func number16(_ offset: Int) -> Int { Int(self[offset]) | Int(self[offset + 1]) << 8 }

  /// Returns the little-endian number of 32 bits at an offset.
  fileprivate func number32(_ offset: Int) -> Int { number16(offset) | number16(offset + 2) << 16 }

  /// Returns the little-endian number of 64 bits at an offset; nil where it is beyond every file.
  fileprivate func number64(_ offset: Int) -> Int? {
    let high = number32(offset + 4)
    return high < 1 << 31 ? number32(offset) | high << 32 : nil
  }
}
