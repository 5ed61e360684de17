import CLMDB
import Files
import Foundation
import Synchronization

// Every call of LMDB is here and in ShardFileWriter.swift, one function a call; its pointers leave neither.

/// A shard file that is open for reading; there is at most one reader of a file in a process.
final class ShardReader: @unchecked Sendable {  // LMDB's read-only environment may be used by any thread.
  private struct Weak {
    weak var reader: ShardReader?
  }

  /// The readers that are open. LMDB allows a process one environment per file.
  private static let open = Mutex<[FileStatus.Identity: Weak]>([:])

  let environment: OpaquePointer
  let database: MDB_dbi
  let path: String

  /// Returns the reader of a file: the one that is open already, or a new one.
  /// - Throws: ``ShardsError`` where the file cannot be opened or is no LMDB file.
  static func shared(_ url: URL) throws -> ShardReader {
    let identity: FileStatus.Identity
    do { identity = try FileStatus(url.path).identity } catch let error as FileError {
      throw ShardsError(unreadable: url.path, error)
    }
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
    environment = try LMDB.openEnvironment(path, flags)
    do {
      let transaction = try LMDB.beginTransaction(environment, path, MDB_RDONLY)
      defer { mdb_txn_abort(transaction) }
      database = try LMDB.openDatabase(transaction, path)
    } catch {
      mdb_env_close(environment)
      throw error
    }
  }

  deinit { mdb_env_close(environment) }
}

/// A read transaction on one shard, under which images are found by key and stay mapped.
final class ReadTransaction: @unchecked Sendable {  // MDB_NOTLS ties it to no thread; it is only read after `init`.
  private let reader: ShardReader
  private let transaction: OpaquePointer

  init(_ reader: ShardReader) throws {
    self.reader = reader
    transaction = try LMDB.beginTransaction(reader.environment, reader.path, MDB_RDONLY)
  }

  /// The first address of the images gathered under this transaction, and the address behind the last; nil before.
  var gathered: (UnsafeRawPointer?, UnsafeRawPointer?)

  /// Gives back the pages of what was gathered: they stay in the system's page cache, but no longer count as this
  /// process's memory.
  deinit {
    if let pages = gatheredPages { SystemCall.release(pages) }
    mdb_txn_abort(transaction)
  }

  /// Asks the disk to read everything that was gathered at once. Batches draw from all of it, and would otherwise wait
  /// for one page after another.
  func fetchGathered() {
    guard let pages = gatheredPages else { return }
    // The kernel reads no more than the disk's read-ahead a call; 128 KiB is the least that is usual.
    let most = 128 << 10
    for offset in stride(from: 0, to: pages.count, by: most) {
      let piece = UnsafeMutableRawBufferPointer(rebasing: pages[offset..<min(offset + most, pages.count)])
      SystemCall.fetch(piece)
    }
  }

  private var gatheredPages: UnsafeMutableRawBufferPointer? {
    guard case (let first?, let end?) = gathered else { return nil }
    let start = UnsafeMutableRawPointer(mutating: first).alignedDown(toMultipleOf: SystemCall.pageSize)
    return UnsafeMutableRawBufferPointer(start: start, count: end - UnsafeRawPointer(start))
  }

  /// Hands keys and values to `body`, in key order and from `first` on, until it returns false or there is no more.
  func scan(from first: ShardKey, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool) throws {
    try visit(from: first) { try body($0.bytes, $1.bytes) }
  }

  /// Does the same as ``scan(from:_:)``, with the bytes as pointers, which are valid as long as this transaction.
  func visit(
    from first: ShardKey, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    var opened: OpaquePointer?
    try LMDB.check(mdb_cursor_open(transaction, reader.database, &opened), "open a cursor", reader.path)
    defer { mdb_cursor_close(opened) }
    var bytes = first.bytes
    try bytes.withUnsafeMutableBytes { bytes in
      var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
      var value = MDB_val()
      var result = mdb_cursor_get(opened, &key, &value, MDB_SET_RANGE)
      while result != MDB_NOTFOUND {
        try LMDB.check(result, "read", reader.path)
        let more = try body(
          UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size),
          UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
        guard more else { return }
        result = mdb_cursor_get(opened, &key, &value, MDB_NEXT)
      }
    }
  }
}

/// The calls of LMDB that reading and writing a shard share.
enum LMDB {
  static func openEnvironment(_ path: String, _ flags: Int32) throws -> OpaquePointer {
    var environment: OpaquePointer?
    try check(mdb_env_create(&environment), "open", path)
    let result = mdb_env_open(environment, path, UInt32(flags), 0o644)
    if result != MDB_SUCCESS { mdb_env_close(environment) }
    try check(result, "open", path)
    return environment!  // LMDB has said that it is there.
  }

  static func beginTransaction(_ environment: OpaquePointer, _ path: String, _ flags: Int32) throws -> OpaquePointer {
    var transaction: OpaquePointer?
    try check(mdb_txn_begin(environment, nil, UInt32(flags), &transaction), "begin a transaction in", path)
    return transaction!  // LMDB has said that it is there.
  }

  static func openDatabase(_ transaction: OpaquePointer, _ path: String) throws -> MDB_dbi {
    var database: MDB_dbi = 0
    try check(mdb_dbi_open(transaction, nil, 0, &database), "open", path)
    return database
  }

  /// Throws the ``ShardsError`` for the result of a call of LMDB, or returns where that is success.
  /// - Parameter operation: what failed, for the message: "cannot `operation`".
  static func check(_ result: Int32, _ operation: String, _ path: String) throws {
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

  /// Makes a system call on a shard's file, and throws the ``ShardsError`` for its failure.
  /// - Parameter operation: what failed, for the message: "cannot `operation`".
  static func check(_ operation: String, _ path: String, _ call: () throws -> Void) throws {
    do { try call() } catch let error as FileError { try check(error.number, operation, path) }
  }
}
