import Files
public import Foundation

/// A check of shards by their SHA-256 before anything trusts them, which remembers the shards that passed.
///
/// A shard is read once per path, inode, size and times of change, one of which no program can set. What is remembered
/// lies in a file; where that is damaged or cannot be written, shards are only read again. Numbers of devices are not
/// remembered: on some file systems they change when the machine starts.
public struct ShardVerification: Sendable {
  private let memory: URL

  /// Makes a check that remembers in the file `verified-shards.json` of a folder.
  /// - Parameter folder: is made when there is something to remember.
  public init(memoryIn folder: URL) {
    memory = folder.appending(path: "verified-shards.json")
  }

  /// The check that remembers in the user's cache folder, as the tools use it.
  public static var userCache: ShardVerification { ShardVerification(memoryIn: UserFolders.cache) }

  /// Checks the shards of a manifest in order, and remembers those that pass.
  /// - Throws: a ``ShardsError`` that names the first shard that is not what the manifest says, or what `progress`
  ///   throws.
  func check(_ manifest: Manifest, in folder: URL, progress: (Int) throws -> Void) throws {
    var known = remembered()
    let before = known
    defer { if known != before { remember(known) } }
    for shard in manifest.shards {
      let url = folder.appending(path: shard.file).resolvingSymlinksInPath()
      let identity = try RememberedStatus(of: url)
      guard known[url.path] != Entry(identity: identity, sha256: shard.fileSha256) else { continue }
      try Self.checkFile(shard, at: url, progress: progress)
      known[url.path] = Entry(identity: identity, sha256: shard.fileSha256)
    }
  }

  /// Checks the size and the SHA-256 of a shard's file, and its pages. It does not use LMDB, which a wrong page could
  /// crash.
  static func checkFile(_ shard: Manifest.Shard, at url: URL, progress: (Int) throws -> Void) throws {
    let bytes = try RememberedStatus(of: url).bytes
    guard bytes == shard.bytes else {
      throw ShardsError(
        .damagedShard, url.path, "has \(bytes) bytes where the manifest says \(shard.bytes): build the dataset again")
    }
    guard try Digest.sha256(fileAt: url, progress: progress) == shard.fileSha256 else {
      throw ShardsError(.damagedShard, url.path, "its SHA-256 is not the manifest's: build the dataset again")
    }
    try ShardPages.check(url.path)
  }

  private struct Entry: Codable, Equatable {
    var identity: RememberedStatus
    var sha256: String
  }

  private func remembered() -> [String: Entry] {
    (try? FileReading.data(memory, atMost: FileReading.mostOfText)).flatMap {
      try? JSONDecoder().decode([String: Entry].self, from: $0)
    } ?? [:]
  }

  /// Writes what is remembered, without shards that are gone. Failure is ignored.
  private func remember(_ entries: [String: Entry]) {
    let present = entries.filter { FileManager.default.fileExists(atPath: $0.key) }
    try? FileManager.default.createDirectory(at: memory.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? AtomicFile.writeJSON(present, to: memory)
  }
}

/// The properties of a file that change when it is replaced or written to.
private struct RememberedStatus: Codable, Equatable {
  var inode: UInt64
  var bytes: Int
  /// The time at which its bytes were changed, which a program can set.
  var seconds: Int
  var nanoseconds: Int
  /// The time at which anything of it was changed; nil in what older versions remember, so that it is read once more.
  var statusSeconds: Int?
  var statusNanoseconds: Int?

  init(of url: URL) throws {
    let status: FileStatus
    do { status = try FileStatus(url.path) } catch let error as FileError {
      throw ShardsError(unreadable: url.path, error)
    }
    inode = status.identity.inode
    bytes = status.bytes
    seconds = status.changedSeconds
    nanoseconds = status.changedNanoseconds
    statusSeconds = status.statusSeconds
    statusNanoseconds = status.statusNanoseconds
  }
}
