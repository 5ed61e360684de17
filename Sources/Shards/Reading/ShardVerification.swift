import Files
public import Foundation

/// Checks shards by their SHA-256 before anything trusts them, and remembers which it has checked.
///
/// A shard is read once per path, inode, size and time of change. The memory is a file; where that is damaged or cannot
/// be written, shards are only read again.
public struct ShardVerification: Sendable {
  private let memory: URL

  /// - Parameter folder: where the memory `verified-shards.json` lies; made when there is something to remember.
  public init(memoryIn folder: URL) {
    memory = folder.appending(path: "verified-shards.json")
  }

  /// The memory in the user's cache folder: what the tools use.
  public static var userCache: ShardVerification { ShardVerification(memoryIn: UserFolders.cache) }

  /// Throws a ``ShardsError`` that names the first shard that is not what the manifest says, or what `progress` throws;
  /// the shards before are remembered.
  func check(_ manifest: Manifest, in folder: URL, progress: (Int) throws -> Void) throws {
    var known = remembered()
    let before = known
    defer { if known != before { remember(known) } }
    for shard in manifest.shards {
      let url = folder.appending(path: shard.file).resolvingSymlinksInPath()
      let identity = try FileIdentity(of: url)
      guard known[url.path] != Entry(identity: identity, sha256: shard.fileSha256) else { continue }
      try Self.checkFile(shard, at: url, progress: progress)
      known[url.path] = Entry(identity: identity, sha256: shard.fileSha256)
    }
  }

  /// Reads a shard's file, without LMDB: a damaged page could crash that.
  static func checkFile(_ shard: Manifest.Shard, at url: URL, progress: (Int) throws -> Void) throws {
    let bytes = try FileIdentity(of: url).bytes
    guard bytes == shard.bytes else {
      throw ShardsError(
        .damagedShard, url.path, "has \(bytes) bytes where the manifest says \(shard.bytes): build the dataset again")
    }
    guard try Digest.sha256(fileAt: url, progress: progress) == shard.fileSha256 else {
      throw ShardsError(.damagedShard, url.path, "its SHA-256 is not the manifest's: build the dataset again")
    }
  }

  private struct Entry: Codable, Equatable {
    var identity: FileIdentity
    var sha256: String
  }

  private func remembered() -> [String: Entry] {
    (try? Data(contentsOf: memory)).flatMap { try? JSONDecoder().decode([String: Entry].self, from: $0) } ?? [:]
  }

  /// Forgets shards that are gone.
  private func remember(_ entries: [String: Entry]) {
    let present = entries.filter { FileManager.default.fileExists(atPath: $0.key) }
    try? FileManager.default.createDirectory(at: memory.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? AtomicFile.writeJSON(present, to: memory)
  }
}

/// What changes when a file is replaced or written to.
private struct FileIdentity: Codable, Equatable {
  var inode: UInt64
  var bytes: Int
  var seconds: Int
  var nanoseconds: Int

  init(of url: URL) throws {
    var status = stat()
    guard stat(url.path, &status) == 0 else {
      throw ShardsError(
        .damagedShard, url.path, "cannot be read: \(String(cString: strerror(errno))): build the dataset again")
    }
    inode = UInt64(status.st_ino)
    bytes = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
