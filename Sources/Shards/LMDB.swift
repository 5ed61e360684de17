import CLMDB
import Foundation
import Synchronization

// Every call of LMDB is in this file, one function a call; its pointers do not leave it.

/// A shard file, open for reading.
final class ShardReader: @unchecked Sendable {  // LMDB's read-only environment may be used by any thread.
  private struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  private struct Weak {
    weak var reader: ShardReader?
  }

  /// LMDB wants one environment per file per process.
  private static let open = Mutex<[Identity: Weak]>([:])

  fileprivate let environment: OpaquePointer
  fileprivate let database: MDB_dbi
  let path: String

  /// The reader of a file: the one that is open already, where there is one.
  static func shared(_ url: URL) throws -> ShardReader {
    var status = stat()
    guard stat(url.path, &status) == 0 else {
      throw ShardsError(.damagedShard, url.path, "cannot be opened: \(String(cString: strerror(errno)))")
    }
    let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    return try open.withLock { readers in
      readers = readers.filter { $0.value.reader != nil }
      if let reader = readers[identity]?.reader { return reader }
      let reader = try ShardReader(path: url.path)
      readers[identity] = Weak(reader: reader)
      return reader
    }
  }

  private init(path: String) throws {
    self.path = path
    let flags = MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS | MDB_NORDAHEAD
    environment = try openEnvironment(path, flags)
    do {
      let transaction = try beginTransaction(environment, path, MDB_RDONLY)
      defer { mdb_txn_abort(transaction) }
      database = try openDatabase(transaction, path)
    } catch {
      mdb_env_close(environment)
      throw error
    }
  }

  deinit { mdb_env_close(environment) }
}

/// What a shard held when the transaction began; as shards do not change, what it holds.
final class ReadTransaction: @unchecked Sendable {  // MDB_NOTLS ties it to no thread; it is only read after `init`.
  private let reader: ShardReader
  private let transaction: OpaquePointer

  init(_ reader: ShardReader) throws {
    self.reader = reader
    transaction = try beginTransaction(reader.environment, reader.path, MDB_RDONLY)
  }

  /// The first and the last address of images that were gathered under this transaction.
  fileprivate var gathered: (UnsafeRawPointer?, UnsafeRawPointer?)

  /// Gives the pages of what was gathered back: they stay in the page cache, but are no longer this process's.
  deinit {
    if let pages = gatheredPages { _ = madvise(pages.baseAddress, pages.count, MADV_DONTNEED) }
    mdb_txn_abort(transaction)
  }

  /// Has the disk read what was gathered: batches draw from all of it, and would wait for one page after another.
  fileprivate func fetchGathered() {
    guard let pages = gatheredPages else { return }
    // The kernel reads no more than the disk's read-ahead a call; 128 KiB is the least that is usual.
    let most = 128 << 10
    for offset in stride(from: 0, to: pages.count, by: most) {
      let piece = UnsafeMutableRawBufferPointer(rebasing: pages[offset..<min(offset + most, pages.count)])
      _ = madvise(piece.baseAddress, piece.count, MADV_WILLNEED)
    }
  }

  private var gatheredPages: UnsafeMutableRawBufferPointer? {
    guard case (let first?, let end?) = gathered else { return nil }
    let start = UnsafeMutableRawPointer(mutating: first).alignedDown(toMultipleOf: Int(getpagesize()))
    return UnsafeMutableRawBufferPointer(start: start, count: end - UnsafeRawPointer(start))
  }

  /// Hands keys and values to `body`, in order and from `first` on, until it returns false or there is no more.
  func scan(from first: ShardKey, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool) throws {
    try visit(from: first) { try body($0.bytes, $1.bytes) }
  }

  fileprivate func visit(
    from first: ShardKey, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    var opened: OpaquePointer?
    try check(mdb_cursor_open(transaction, reader.database, &opened), "open a cursor", reader.path)
    defer { mdb_cursor_close(opened) }
    var bytes = first.bytes
    try bytes.withUnsafeMutableBytes { bytes in
      var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
      var value = MDB_val()
      var result = mdb_cursor_get(opened, &key, &value, MDB_SET_RANGE)
      while result != MDB_NOTFOUND {
        try check(result, "read", reader.path)
        let more = try body(
          UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size),
          UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
        guard more else { return }
        result = mdb_cursor_get(opened, &key, &value, MDB_NEXT)
      }
    }
  }
}

/// Images where they lie in mapped shards, of any number of shards, in the order in which they were gathered.
struct MappedImages: @unchecked Sendable {  // The addresses point to memory that nobody writes.
  private var transactions: [ReadTransaction] = []
  private var addresses: [UnsafeRawPointer] = []
  /// Bytes of every image.
  let size: Int

  /// No images yet, of `size` bytes each.
  init(size: Int) { self.size = size }

  var count: Int { addresses.count }

  /// Gathers `count` images from `first` on. They stay valid as long as this value.
  mutating func gather(_ count: Int, from first: ShardKey, in reader: ShardReader) throws {
    guard count > 0 else { return }
    let transaction = try ReadTransaction(reader)
    transactions.append(transaction)
    let end = addresses.count + count
    var expected = first
    try transaction.visit(from: first) { key, value in
      guard key.elementsEqual(expected.bytes), value.count == size, let address = value.baseAddress else {
        return false
      }
      addresses.append(address)
      expected.index += 1
      return addresses.count < end
    }
    transaction.gathered = (addresses.suffix(count).min(), addresses.suffix(count).max().map { $0 + size })
    transaction.fetchGathered()
    guard addresses.count == end else {
      throw ShardsError(
        .damagedShard, reader.path,
        "class \(expected.imageClass) has no image \(expected.index): run dataprep verify, and build the dataset again")
    }
  }

  /// Scales the image at `index` to `offset` of `floats`.
  func copy(_ index: Int, into floats: inout [Float], at offset: Int, _ scaling: PixelScaling) {
    precondition(offset + size <= floats.count && scaling.scales.count == size)
    let pixels = addresses[index].assumingMemoryBound(to: UInt8.self)
    floats.withUnsafeMutableBufferPointer { floats in
      scaling.scales.withUnsafeBufferPointer { scales in
        scaling.shifts.withUnsafeBufferPointer { shifts in
          guard let target = floats.baseAddress, let scales = scales.baseAddress, let shifts = shifts.baseAddress
          else { return }
          let row = target + offset
          for i in 0..<size { row[i] = Float(pixels[i]) * scales[i] + shifts[i] }
        }
      }
    }
  }
}

/// A shard file that is being written, in key order.
///
/// The same images give the same bytes: pages are written through the map, which starts as zeros, where LMDB's own
/// buffers would leave what the memory held before. Space is reserved on the disk before it is mapped, as a write to a
/// map that finds no space would end the process.
final class ShardFileWriter {
  private let path: String
  private let environment: OpaquePointer
  /// Bytes of every image.
  private let size: Int
  /// Images of one transaction: 4096, fewer where they are large, as its pages stay in memory. Part of the format:
  /// other cuts make other files of the same content.
  private let transactionSize: Int
  private var transaction: (pointer: OpaquePointer, database: MDB_dbi)?
  /// Images of the open transaction.
  private var pending = 0

  /// Makes a new file for images of `size` bytes.
  init(_ url: URL, size: Int) throws {
    path = url.path
    self.size = size
    transactionSize = min(max((64 << 20) / size, 1), 4096)
    environment = try openEnvironment(path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC | MDB_WRITEMAP)
  }

  deinit {
    if let transaction { mdb_txn_abort(transaction.pointer) }
    mdb_env_close(environment)
  }

  /// Appends an image; its key follows the last one's.
  func append(_ key: ShardKey, _ value: ArraySlice<UInt8>) throws {
    precondition(value.count == size, "every image of a shard has the same size")
    let (pointer, database) = try transaction ?? begin()
    var keyBytes = key.bytes
    try keyBytes.withUnsafeMutableBytes { key in
      try value.withUnsafeBytes { value in
        var key = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
        var value = MDB_val(mv_size: value.count, mv_data: UnsafeMutableRawPointer(mutating: value.baseAddress))
        try check(mdb_put(pointer, database, &key, &value, UInt32(MDB_APPEND)), "write", path)
      }
    }
    pending += 1
    if pending == transactionSize { try commit() }
  }

  /// Ends the transaction, as the end of a class does.
  func commit() throws {
    guard let transaction else { return }
    self.transaction = nil  // Whether it succeeds or not, LMDB has freed it.
    pending = 0
    try check(mdb_txn_commit(transaction.pointer), "write", path)
  }

  /// Syncs the file and cuts off what was reserved and not used.
  func finish() throws {
    try commit()
    try check(mdb_env_sync(environment, 1), "sync", path)
    let (used, _) = try pages()
    guard truncate(path, off_t(used)) == 0 else { try check(errno, "cut", path); return }
  }

  private func begin() throws -> (OpaquePointer, MDB_dbi) {
    try reserve()
    let pointer = try beginTransaction(environment, path, 0)
    do {
      let begun = (pointer, try openDatabase(pointer, path))
      transaction = begun
      return begun
    } catch {
      mdb_txn_abort(pointer)
      throw error
    }
  }

  /// The pages, of `page` bytes, that `count` images of `size` bytes take.
  static func pages(ofImages count: Int, size: Int, page: Int) -> Int {
    // A node is a header of 8 bytes, the key and the value, found by an offset of 2; a page's header has 16.
    let node = 10 + ShardKey.size + size
    let inPage = (page - 16) / node
    // LMDB puts a value of which two do not fit into a page on pages of its own.
    let leaves = inPage >= 2 ? count / inPage + 1 : count * ((size + 16 + page - 1) / page) + count / (page / 64) + 1
    return leaves + leaves / 50  // Branches take less than a hundredth.
  }

  /// Makes the map and the file large enough for another transaction.
  private func reserve() throws {
    let (used, page) = try pages()
    // Pages that a transaction replaces are free only two transactions later.
    let bytes = used + (Self.pages(ofImages: transactionSize, size: size, page: page) + 256) * page
    try check(mdb_env_set_mapsize(environment, bytes), "map", path)
    var descriptor: Int32 = -1
    try check(mdb_env_get_fd(environment, &descriptor), "reserve space", path)
    try check(posix_fallocate(descriptor, 0, off_t(bytes)), "reserve \(bytes) bytes", path)
  }

  /// The bytes of the pages in use, and of one page.
  private func pages() throws -> (used: Int, page: Int) {
    var information = MDB_envinfo()
    try check(mdb_env_info(environment, &information), "look at", path)
    var status = MDB_stat()
    try check(mdb_env_stat(environment, &status), "look at", path)
    return ((information.me_last_pgno + 1) * Int(status.ms_psize), Int(status.ms_psize))
  }
}

private func openEnvironment(_ path: String, _ flags: Int32) throws -> OpaquePointer {
  var environment: OpaquePointer?
  try check(mdb_env_create(&environment), "open", path)
  let result = mdb_env_open(environment, path, UInt32(flags), 0o644)
  if result != MDB_SUCCESS { mdb_env_close(environment) }
  try check(result, "open", path)
  return environment!  // LMDB has said that it is there.
}

private func beginTransaction(_ environment: OpaquePointer, _ path: String, _ flags: Int32) throws -> OpaquePointer {
  var transaction: OpaquePointer?
  try check(mdb_txn_begin(environment, nil, UInt32(flags), &transaction), "begin a transaction in", path)
  return transaction!  // LMDB has said that it is there.
}

private func openDatabase(_ transaction: OpaquePointer, _ path: String) throws -> MDB_dbi {
  var database: MDB_dbi = 0
  try check(mdb_dbi_open(transaction, nil, 0, &database), "open", path)
  return database
}

private func check(_ result: Int32, _ operation: String, _ path: String) throws {
  switch result {
  case MDB_SUCCESS: return
  case ENOSPC, EDQUOT:
    throw ShardsError(.noSpace, path, "cannot \(operation): no space left on the disk: free some and start again")
  case MDB_INVALID, MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_VERSION_MISMATCH:
    throw ShardsError(.damagedShard, path, "not a shard that can be read: build the dataset again")
  default:
    throw ShardsError(.database, path, "cannot \(operation): \(String(cString: mdb_strerror(result)))")
  }
}
