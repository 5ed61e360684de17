import AsyncHTTPClient
import DaemonProtocol
import Files
import Foundation
import NIOHTTP1
public import Snapshots

extension DaemonClient {
  /// The largest size in bytes that is believed of a snapshot; ours are far smaller.
  private static let largestFile = 1 << 30

  /// Asks for the record of the snapshot that a word stands for.
  func record(of alias: SnapshotAlias) async throws -> SnapshotRecord {
    let path = DaemonPath.snapshot(alias.rawValue)
    let record: SnapshotRecord
    do {
      record = try checked(await value(.GET, path), path)
    } catch let error as SnapshotError where error.code == .missing && alias.kind == .average {
      throw SnapshotError(
        .missing, "\(error); the run may keep no average (outer.average.decay), or the daemon be older than this word")
    }
    guard alias.kind == nil || record.kind == alias.kind else { throw notADaemon(path) }
    return record
  }

  /// Asks for the record of the snapshot of a name.
  func record(named name: String) async throws -> SnapshotRecord {
    let path = DaemonPath.snapshot(name)
    let header = try await retry.run { try await response(.HEAD, path).headers.first(name: DaemonPath.recordField) }
    guard let header, let record = try? JSONDecoder().decode(SnapshotRecord.self, from: Data(header.utf8)),
      record.name == name
    else { throw notADaemon(path) }
    return try checked(record, path)
  }

  /// Asks for all snapshots, the newest first.
  /// - Throws: `SnapshotError` where the daemon does not answer, refuses, or answers without sense.
  public func snapshots() async throws -> [ListedSnapshot] {
    let list: SnapshotList = try await value(.GET, DaemonPath.snapshots)
    for listed in list.snapshots { _ = try checked(listed.record, DaemonPath.snapshots) }
    return list.snapshots
  }

  /// Lets the daemon write a snapshot now.
  /// - Returns: the record of the newest snapshot of θ.
  /// - Throws: `SnapshotError` where the daemon does not answer, refuses, or answers without sense.
  public func snapshotNow() async throws -> SnapshotRecord {
    let record = try checked(await value(.POST, DaemonPath.snapshotNow), DaemonPath.snapshotNow)
    guard record.kind == .theta else { throw notADaemon(DaemonPath.snapshotNow) }
    return record
  }

  /// Pins a snapshot, so that it is kept, or gives it up to retention again.
  /// - Returns: the snapshot as lists show it now.
  /// - Throws: `SnapshotError` where there is no such snapshot, or the daemon does not answer or refuses.
  public func setPinned(_ pinned: Bool, _ name: String) async throws -> ListedSnapshot {
    try SnapshotRecord.requireName(name)
    let path = DaemonPath.pinning(name, pinned)
    let listed: ListedSnapshot = try await value(.POST, path)
    _ = try checked(listed.record, path)
    return listed
  }

  private func checked(_ record: SnapshotRecord, _ path: String) throws -> SnapshotRecord {
    guard let (_, step) = SnapshotKind.parse(record.name), step == record.step, record.isSound,
      record.size <= Self.largestFile
    else { throw notADaemon(path) }
    return record
  }
}

extension SnapshotRecord {
  /// The kind that the name tells; nil where it is no snapshot's.
  var kind: SnapshotKind? { SnapshotKind.parse(name)?.kind }

  /// Checks that a name, perhaps from a stranger, is that of a snapshot.
  /// - Parameter others: the other words that are allowed, for the message.
  /// - Throws: `SnapshotError` where it is not.
  static func requireName(_ name: String, or others: String = "") throws {
    guard isSnapshotName(name) else {
      throw SnapshotError(
        .missing, "\(name): must be \(others)the name of a snapshot, such as theta-000000012.safetensors")
    }
  }
}
