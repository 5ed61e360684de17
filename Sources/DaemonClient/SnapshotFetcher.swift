import Files
public import Foundation
import Snapshots

/// A way to get snapshots from a daemon or its state folder; a snapshot is trusted only once its SHA-256 is right.
public struct SnapshotFetcher: Sendable {
  /// The settings of a fetch: how a snapshot is got, and what is asked of it.
  public struct Options: Sendable {
    /// The rule by which failed requests are sent again.
    public var retry = RetryPolicy(retries: 5)
    /// The signature and age that are asked for.
    public var trust = SnapshotTrust()
    /// The cache that keeps files that a server gave; nil for none.
    public var cache: SnapshotCache?
    /// Whether to take what the cache has instead of asking the server.
    public var isOffline = false
    /// The step that the snapshot must be above, which is waited for; nil for any. Only for a ``SnapshotAlias``.
    public var newerThan: Int?
    /// The time between two requests while waiting.
    public var interval = Duration.seconds(5)
    /// Whether to leave the record beside the file, under its name with `.json`.
    public var keepsRecord = false
    /// Hears what happens on the way.
    public var report: @Sendable (FetchEvent) -> Void = { _ in }

    /// Makes the default settings.
    public init() {}
  }

  private let address: DaemonAddress
  private let access: DaemonAccess
  private let options: Options

  /// Makes a fetcher for an address.
  public init(from address: DaemonAddress, access: DaemonAccess, options: Options = Options()) {
    self.address = address
    self.access = access
    var options = options
    options.retry.notify = { [report = options.report] in report(.retrying($0, after: $1)) }
    self.options = options
  }

  /// Gets a snapshot into a folder, which is made where it is missing.
  ///
  /// A file of that name with the same bytes is left as it is.
  /// - Parameters:
  ///   - name: a snapshot's name, or the word of a ``SnapshotAlias``, such as `latest`.
  ///   - folder: the folder that gets it.
  /// - Throws: `SnapshotError` where there is none, it is not to be trusted, the server does not answer, or a file of
  ///   that name with other bytes is there.
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

  /// Asks for a record until its step is high enough.
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
    try options.trust.check(record, isLatest: alias?.isNewest == true)
    let target = folder.appending(path: record.name)
    try await Self.making(folder) {
      let isThere = try Self.exists(target, digest: record.sha256)
      if !isThere { try await bring(target) }
      do { try Self.checkTheta(in: target) } catch {
        if !isThere { try? SystemCall.removeFile(target.path) }
        throw error
      }
      if options.keepsRecord {
        try AtomicFile.writeJSON(record, to: target.deletingPathExtension().appendingPathExtension("json"))
      }
    }
    do { try options.trust.remember(record) } catch { options.report(.notRemembered(error)) }
    return FetchedSnapshot(record: record, file: target)
  }

  /// Checks that θ in a file is finite. A file of another form, such as one of a newer version, is for who reads it.
  /// - Throws: `SnapshotError` where it is not.
  private static func checkTheta(in file: URL) throws {
    guard case .float32(let theta)? = try? Safetensors(contentsOf: file).tensors["theta"]?.values else { return }
    try Snapshot.check(theta, name: file.path)
  }

  /// Runs `body` with the folder there. Where that fails, a folder that was made for it and stayed empty is removed.
  private static func making(_ folder: URL, _ body: () async throws -> Void) async throws {
    let isNew = !FileManager.default.fileExists(atPath: folder.path)
    try SystemCall.makeFolder(folder.path)
    do {
      try await body()
    } catch {
      if isNew { try? SystemCall.removeEmptyFolder(folder.path) }
      throw error
    }
  }

  /// Tells whether the file is there with this digest.
  /// - Throws: `SnapshotError` where it is there with another one.
  private static func exists(_ file: URL, digest: String) throws -> Bool {
    guard try FileStatus.ifThere(file.path) != nil else { return false }
    guard try Digest.sha256(fileAt: file) == digest else {
      throw SnapshotError(
        .exists,
        "\(file.path): exists already with other bytes than the snapshot; move it away or choose another --output")
    }
    return true
  }
}
