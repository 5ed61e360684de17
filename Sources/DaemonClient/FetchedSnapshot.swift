public import Foundation
public import Snapshots

/// A snapshot that arrived.
public struct FetchedSnapshot: Encodable, Sendable, Equatable {
  public var record: SnapshotRecord
  /// Where it lies.
  public var file: URL

  private enum CodingKeys: String, CodingKey { case path }

  /// The record's keys and the path stand in one object.
  public func encode(to encoder: any Encoder) throws {
    try record.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(file.path, forKey: .path)
  }
}

/// What happens while a snapshot is fetched.
public enum FetchEvent: Sendable {
  /// A newer snapshot in a state folder is damaged; the one before it is taken.
  case refused(any Error)
  /// A request failed, and is sent again after this time.
  case retrying(any Error, after: Duration)
  /// The newest snapshot so far has this step; nil where there is none yet.
  case waiting(newest: Int?)
  /// So many bytes of so many are there.
  case received(Int, of: Int)
  /// The snapshot arrived but could not be kept in the cache.
  case notCached(any Error)
}
