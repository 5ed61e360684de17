public import Foundation
public import Snapshots

/// A snapshot that was fetched.
public struct FetchedSnapshot: Encodable, Sendable, Equatable {
  /// The snapshot's record.
  public var record: SnapshotRecord
  /// The file that holds it now.
  public var file: URL

  private enum CodingKeys: String, CodingKey { case path }

  /// Encodes one object that holds the record's keys and `path`.
  public func encode(to encoder: any Encoder) throws {
    try record.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(file.path, forKey: .path)
  }
}

/// An event while a snapshot is fetched.
public enum FetchEvent: Sendable {
  /// A newer snapshot in a state folder is damaged; the one before it is taken.
  case refused(any Error)
  /// A request failed, and is sent again after this time.
  case retrying(any Error, after: Duration)
  /// The newest snapshot so far has this step, nil where there is none, and a newer one is waited for.
  case waiting(newest: Int?)
  /// This many of the file's bytes are there, of how many in all.
  case received(Int, of: Int)
  /// The snapshot arrived but could not be kept in the cache.
  case notCached(any Error)
  /// The snapshot arrived, but its step could not be remembered, by which an older one would be known.
  case notRemembered(any Error)
}
