import CLMDB
import Files
import Foundation

/// A shard file that is being written, in key order.
///
/// The same images give the same bytes. Therefore pages are written through the map, which starts as zeros; LMDB's own
/// buffers would leave what the memory held before. Space is reserved on the disk before it is mapped, because a write
/// to a map that finds no space would end the process.
final class ShardFileWriter {
  private let path: String
  private let environment: OpaquePointer
  /// The number of bytes of every image.
  private let size: Int
  /// The number of images of one transaction: 4096, or fewer where they are large, as its pages stay in memory.
  ///
  /// It is part of the format: other cuts make other files of the same content.
  private let transactionSize: Int
  private var transaction: (pointer: OpaquePointer, database: MDB_dbi)?
  /// The number of images in the open transaction.
  private var pending = 0

  /// Makes a new file for images of `size` bytes.
  init(_ url: URL, size: Int) throws {
    path = url.path
    self.size = size
    transactionSize = min(max((64 << 20) / size, 1), 4096)
    environment = try LMDB.openEnvironment(path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC | MDB_WRITEMAP)
  }

  deinit {
    if let transaction { mdb_txn_abort(transaction.pointer) }
    mdb_env_close(environment)
  }

  /// Appends an image of `size` bytes; its key must follow the last one's.
  func append(_ key: ShardKey, _ value: ArraySlice<UInt8>) throws {
    precondition(value.count == size, "every image of a shard has the same size")
    let (pointer, database) = try transaction ?? begin()
    var keyBytes = key.bytes
    try keyBytes.withUnsafeMutableBytes { key in
      try value.withUnsafeBytes { value in
        var key = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
        var value = MDB_val(mv_size: value.count, mv_data: UnsafeMutableRawPointer(mutating: value.baseAddress))
        try LMDB.check(mdb_put(pointer, database, &key, &value, UInt32(MDB_APPEND)), "write", path)
      }
    }
    pending += 1
    if pending == transactionSize { try commit() }
  }

  /// Commits the open transaction, as the end of a class does.
  func commit() throws {
    guard let transaction else { return }
    self.transaction = nil  // Whether it succeeds or not, LMDB has freed it.
    pending = 0
    try LMDB.check(mdb_txn_commit(transaction.pointer), "write", path)
  }

  /// Commits, syncs the file and cuts off what was reserved and not used.
  func finish() throws {
    try commit()
    try LMDB.check(mdb_env_sync(environment, 1), "sync", path)
    let (used, _) = try pages()
    try LMDB.check("cut", path) { try SystemCall.truncate(path, to: used) }
  }

  private func begin() throws -> (OpaquePointer, MDB_dbi) {
    try reserve()
    let pointer = try LMDB.beginTransaction(environment, path, 0)
    do {
      let begun = (pointer, try LMDB.openDatabase(pointer, path))
      transaction = begun
      return begun
    } catch {
      mdb_txn_abort(pointer)
      throw error
    }
  }

  /// Returns an upper estimate of the pages, of `page` bytes, that `count` images of `size` bytes take.
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
    try LMDB.check(mdb_env_set_mapsize(environment, bytes), "map", path)
    var descriptor: Int32 = -1
    try LMDB.check(mdb_env_get_fd(environment, &descriptor), "reserve space", path)
    try LMDB.check("reserve \(bytes) bytes", path) {
      try SystemCall.reserve(descriptor, bytes: bytes, path: path)
    }
  }

  /// Returns the bytes of the pages in use, and the bytes of one page.
  private func pages() throws -> (used: Int, page: Int) {
    var information = MDB_envinfo()
    try LMDB.check(mdb_env_info(environment, &information), "look at", path)
    var status = MDB_stat()
    try LMDB.check(mdb_env_stat(environment, &status), "look at", path)
    return ((information.me_last_pgno + 1) * Int(status.ms_psize), Int(status.ms_psize))
  }
}
