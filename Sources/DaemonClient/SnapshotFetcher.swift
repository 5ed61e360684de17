import Files
public import Foundation
import Snapshots

/// Gets a snapshot from a daemon, or from its state folder, and trusts it only once its SHA-256 is right.
public struct SnapshotFetcher: Sendable {
  /// How it is got, and what is asked of it.
  public struct Options: Sendable {
    public var retry = RetryPolicy(retries: 5)
    public var trust = SnapshotTrust()
    /// Where files are kept that a server gave; nil for nowhere.
    public var cache: SnapshotCache?
    /// Whether to take what the cache has instead of asking the server.
    public var isOffline = false
    /// Wait until the step is above this; only for `latest` and `best`.
    public var newerThan: Int?
    /// The time between two looks while waiting.
    public var interval = Duration.seconds(5)
    /// Whether to leave the record beside the file, under its name with `.json`.
    public var keepsRecord = false
    public var report: @Sendable (FetchEvent) -> Void = { _ in }

    public init() {}
  }

  private let address: DaemonAddress
  private let access: DaemonAccess
  private let options: Options

  public init(from address: DaemonAddress, access: DaemonAccess, options: Options = Options()) {
    self.address = address
    self.access = access
    var options = options
    options.retry.notify = { [report = options.report] in report(.retrying($0, after: $1)) }
    self.options = options
  }

  /// Gets a snapshot into a folder, which is made where it is missing.
  ///
  /// A file of that name with the same bytes is left as it is; one with other bytes is an error.
  /// - Parameter name: a snapshot's name, `latest`, or `best` for that of the lowest evaluation.
  public func fetch(_ name: String, into folder: URL) async throws -> FetchedSnapshot {
    let alias = SnapshotAlias(rawValue: name)
    if alias == nil { try SnapshotRecord.requireName(name, or: "latest, best or ") }
    precondition(options.newerThan == nil || alias != nil, "a name is never newer")
    if case .state(let state) = address { return try await fetch(name, alias, ofState: state, into: folder) }
    if options.isOffline { return try await fetch(name, alias, of: options.cache, into: folder) }
    return try await DaemonClient.with(address, access: access, retry: options.retry) { daemon in
      let record = try await waited {
        if let alias { try await daemon.record(of: alias) } else { try await daemon.record(named: name) }
      }
      let fetched = try await deliver(record, alias, into: folder) { target in
        if try options.cache?.copy(record, to: target) == true { return }
        try await daemon.download(record, to: target) { options.report(.received($0, of: record.size)) }
      }
      do {
        try options.cache?.keep(record, fetched.file, from: address.description, as: name)
      } catch {
        options.report(.notCached(error))
      }
      return fetched
    }
  }

  private func fetch(
    _ name: String, _ alias: SnapshotAlias?, ofState state: String, into folder: URL
  ) async throws -> FetchedSnapshot {
    let store = SnapshotStore(readingFrom: URL(filePath: state))
    let record = try await waited {
      try alias?.record(in: store, state) { options.report(.refused($0)) } ?? store.read(named: name).record
    }
    return try await deliver(record, alias, into: folder) { target in
      try AtomicFile.write(store.read(named: record.name).data, to: target)
    }
  }

  private func fetch(
    _ name: String, _ alias: SnapshotAlias?, of cache: SnapshotCache?, into folder: URL
  ) async throws -> FetchedSnapshot {
    func missing() -> SnapshotError {
      SnapshotError(.missing, "\(name): was not fetched from \(address) before, or the cache has dropped it")
    }
    guard let cache, let record = try cache.record(of: name, from: address.description) else { throw missing() }
    return try await deliver(record, alias, into: folder) { target in
      guard try cache.copy(record, to: target) else { throw missing() }
    }
  }

  /// Asks until the step is high enough.
  private func waited(_ ask: () async throws -> SnapshotRecord) async throws -> SnapshotRecord {
    guard let step = options.newerThan else { return try await ask() }
    while true {
      var newest: Int?
      do {
        let record = try await ask()
        if record.step > step { return record }
        newest = record.step
      } catch let error as SnapshotError where error.code == .missing {}
      options.report(.waiting(newest: newest))
      try await Task.sleep(for: options.interval)
    }
  }

  /// Brings a snapshot whose record is known into the folder, where it is not there already.
  private func deliver(
    _ record: SnapshotRecord, _ alias: SnapshotAlias?, into folder: URL, _ bring: (URL) async throws -> Void
  ) async throws -> FetchedSnapshot {
    try options.trust.check(record, isLatest: alias == .latest)
    let target = folder.appending(path: record.name)
    try await Self.making(folder) {
      if try !Self.exists(target, digest: record.sha256) { try await bring(target) }
      if options.keepsRecord {
        try AtomicFile.writeJSON(record, to: target.deletingPathExtension().appendingPathExtension("json"))
      }
    }
    try options.trust.remember(record)
    return FetchedSnapshot(record: record, file: target)
  }

  /// Runs `body` with the folder there. One that was made for it and stays empty is removed where it fails.
  private static func making(_ folder: URL, _ body: () async throws -> Void) async throws {
    let isNew = !FileManager.default.fileExists(atPath: folder.path)
    try SystemCall.makeFolder(folder.path)
    do {
      try await body()
    } catch {
      if isNew { rmdir(folder.path) }
      throw error
    }
  }

  /// Whether the file is there with the digest; throws where it is there with another one.
  private static func exists(_ file: URL, digest: String) throws -> Bool {
    guard FileManager.default.fileExists(atPath: file.path) else { return false }
    guard try Digest.sha256(fileAt: file) == digest else {
      throw SnapshotError(
        .exists,
        "\(file.path): exists already with other bytes than the snapshot; move it away or choose another --output")
    }
    return true
  }
}
