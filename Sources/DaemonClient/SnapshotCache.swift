import Files
public import Foundation
import Snapshots

/// Files that were fetched before, in the user's cache folder, each with its record and the servers that gave it.
///
/// A file from the cache is checked like one that a server sends. The folder is bounded: what was fetched longest ago
/// goes first. Processes may share it.
public struct SnapshotCache: Sendable {
  private let folder: URL
  private let mostFiles: Int
  private let mostBytes: Int

  /// Opens the cache.
  /// - Parameters:
  ///   - folder: nil for the one in the user's cache folder.
  ///   - mostFiles: the most snapshots that are kept.
  ///   - mostBytes: the most bytes of snapshots that are kept.
  public init(folder: URL? = nil, mostFiles: Int = 64, mostBytes: Int = 256 << 20) {
    self.folder = folder ?? UserFolders.cache.appending(path: "snapshots")
    self.mostFiles = mostFiles
    self.mostBytes = mostBytes
  }

  /// The facts kept beside a cached file.
  private struct Entry: Codable {
    /// The record that was given last, which names the file.
    var record: SnapshotRecord
    var sources: [Source]

    var fetched: Double { sources.map(\.fetched).max() ?? 0 }

    /// Returns the record that a source gave. Entries of older versions have only one, that of the last source.
    func record(of source: Source) -> SnapshotRecord? {
      let own = source.record ?? (source.fetched == fetched ? record : nil)
      // Whatever else a record says, it is of this file.
      return own.flatMap { $0.name == record.name && $0.sha256 == record.sha256 && $0.isSound ? $0 : nil }
    }
  }

  /// A server that gave a file, the word by which it was asked, and when.
  private struct Source: Codable {
    var server: String
    /// The word that the server was asked for: that of a ``SnapshotAlias``, or the name.
    var word: String
    /// The time, in seconds since 1970.
    var fetched: Double
    /// The record as this server gave it: signature and time may differ from those of another server.
    var record: SnapshotRecord?
  }

  private func file(_ record: SnapshotRecord) -> URL {
    folder.appending(path: "\(record.name.dropLast(SnapshotKind.suffix.count))-\(record.sha256)\(SnapshotKind.suffix)")
  }

  private func entryFile(_ record: SnapshotRecord) -> URL {
    file(record).deletingPathExtension().appendingPathExtension("json")
  }

  /// Copies a snapshot from the cache; returns false where it is not there, or is damaged.
  func copy(_ record: SnapshotRecord, to target: URL) throws -> Bool {
    let file = file(record)
    guard FileManager.default.fileExists(atPath: file.path) else { return false }
    do {
      try VerifiedCopy.make(of: file, to: target, sha256: record.sha256)
      return true
    } catch let error as SnapshotError where error.code == .damaged {
      remove(record)
      return false
    } catch let error as FileError where error.path == file.path {
      return false
    }
  }

  /// Keeps a file that was checked, and notes the server that gave it.
  ///
  /// - Parameter word: the word that the server was asked for.
  func keep(_ record: SnapshotRecord, _ source: URL, from server: String, as word: String, now: Date = Date()) throws {
    guard record.size <= mostBytes else { return }
    try SystemCall.makeFolder(folder.path)
    if !FileManager.default.fileExists(atPath: file(record).path) {
      try VerifiedCopy.make(of: source, to: file(record), sha256: record.sha256)
    }
    var entry = entry(at: entryFile(record)) ?? Entry(record: record, sources: [])
    entry.record = record
    entry.sources.removeAll { $0.server == server && $0.word == word }
    entry.sources.append(Source(server: server, word: word, fetched: now.timeIntervalSince1970, record: record))
    try AtomicFile.writeJSON(entry, to: entryFile(record))
    try shrink(now)
  }

  /// Returns the record of what a server gave last for a word; for `latest` that of the highest step of θ that it ever
  /// gave, for `latest-average` of its average. It is nil where it gave nothing.
  func record(of word: String, from server: String) throws -> SnapshotRecord? {
    let given = try entries().flatMap { entry in
      entry.sources.filter { $0.server == server }
        .compactMap { source in entry.record(of: source).map { (source: source, record: $0) } }
    }
    if let alias = SnapshotAlias(rawValue: word), alias.isNewest {
      return given.filter { $0.record.kind == alias.kind }
        .max { ($0.record.step, $0.source.fetched) < ($1.record.step, $1.source.fetched) }?.record
    }
    return given.filter { $0.source.word == word || $0.record.name == word }
      .max { $0.source.fetched < $1.source.fetched }?.record
  }

  private func entries() throws -> [Entry] {
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try SystemCall.names(in: folder.path).filter { $0.hasSuffix(".json") }
      .compactMap { entry(at: folder.appending(path: $0)) }
      .filter { FileManager.default.fileExists(atPath: file($0.record).path) }
  }

  /// Reads the facts kept beside a file; nil where the file is no whole entry of the cache.
  private func entry(at url: URL) -> Entry? {
    guard
      let entry = try? JSONDecoder().decode(Entry.self, from: FileReading.data(url, atMost: FileReading.mostOfText)),
      SnapshotRecord.isSnapshotName(entry.record.name), entry.record.isSound,
      entryFile(entry.record).lastPathComponent == url.lastPathComponent
    else { return nil }
    return entry
  }

  private func remove(_ record: SnapshotRecord) {
    try? SystemCall.removeFile(entryFile(record).path)
    try? SystemCall.removeFile(file(record).path)
  }

  /// Removes what is beyond the bounds, and what a stopped process left more than a day ago.
  private func shrink(_ now: Date) throws {
    var (files, bytes) = (0, 0)
    for entry in try entries().sorted(by: { $0.fetched > $1.fetched }) {
      files += 1
      bytes += entry.record.size
      if files > mostFiles || bytes > mostBytes { remove(entry.record) }
    }
    let known = Set(
      try entries().flatMap { [file($0.record).lastPathComponent, entryFile($0.record).lastPathComponent] })
    for name in try SystemCall.names(in: folder.path) where !known.contains(name) {
      let path = folder.appending(path: name).path
      let changed = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
      if let changed, now.timeIntervalSince(changed) > 86_400 { try? SystemCall.removeFile(path) }
    }
  }
}
