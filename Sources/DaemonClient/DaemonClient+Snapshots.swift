import AsyncHTTPClient
import DaemonProtocol
import Files
import Foundation
import NIOHTTP1
public import Snapshots

extension DaemonClient {
  /// No snapshot of ours is near this.
  private static let largestFile = 1 << 30

  /// The record of the newest snapshot, or of the best one.
  func record(of alias: SnapshotAlias) async throws -> SnapshotRecord {
    let path = DaemonPath.snapshot(alias.rawValue)
    return try checked(await value(.GET, path), path)
  }

  /// The record of the snapshot of a name.
  func record(named name: String) async throws -> SnapshotRecord {
    let path = DaemonPath.snapshot(name)
    let header = try await retry.run { try await response(.HEAD, path).headers.first(name: DaemonPath.recordField) }
    guard let header, let record = try? JSONDecoder().decode(SnapshotRecord.self, from: Data(header.utf8)),
      record.name == name
    else { throw notADaemon(path) }
    return try checked(record, path)
  }

  /// All snapshots, the newest first.
  public func snapshots() async throws -> [ListedSnapshot] {
    let list: SnapshotList = try await value(.GET, DaemonPath.snapshots)
    for listed in list.snapshots { _ = try checked(listed.record, DaemonPath.snapshots) }
    return list.snapshots
  }

  /// Has a snapshot of now written, and returns the record of the newest of θ.
  public func snapshotNow() async throws -> SnapshotRecord {
    try checked(await value(.POST, DaemonPath.snapshotNow), DaemonPath.snapshotNow)
  }

  /// Keeps a snapshot for as long as it is pinned, or gives it up to retention again.
  public func setPinned(_ pinned: Bool, _ name: String) async throws -> ListedSnapshot {
    try SnapshotRecord.requireName(name)
    let path = DaemonPath.pinning(name, pinned)
    let listed: ListedSnapshot = try await value(.POST, path)
    _ = try checked(listed.record, path)
    return listed
  }

  private func checked(_ record: SnapshotRecord, _ path: String) throws -> SnapshotRecord {
    let isDigest =
      record.sha256.utf8.count == 64
      && record.sha256.utf8.allSatisfy {
        (48...57).contains($0) || (97...102).contains($0)
      }
    guard let (_, step) = SnapshotKind.parse(record.name), step == record.step, isDigest,
      0...Self.largestFile ~= record.size, (try? Date(record.created, strategy: .iso8601)) != nil
    else { throw notADaemon(path) }
    return record
  }
}

extension SnapshotRecord {
  /// Throws where a name, perhaps from a stranger, is not that of a snapshot.
  static func requireName(_ name: String, or others: String = "") throws {
    guard isSnapshotName(name) else {
      throw SnapshotError(
        .missing, "\(name): must be \(others)the name of a snapshot, such as theta-000000012.safetensors")
    }
  }
}
