public import Snapshots

/// The snapshots that a daemon has: the answer of ``DaemonPath/snapshots``.
public struct SnapshotList: Codable, Sendable, Equatable {
  /// All snapshots that have a sound record, the newest first.
  public var snapshots: [ListedSnapshot]

  /// Makes a list of snapshots, the newest first.
  public init(snapshots: [ListedSnapshot]) { self.snapshots = snapshots }
}
