import Foundation

/// A snapshot among others.
public struct ListedSnapshot: Codable, Sendable, Equatable {
  public var record: SnapshotRecord
  /// Whether retention passes over it.
  public var pinned: Bool
  /// Whether its evaluation is the lowest.
  public var best: Bool

  public init(record: SnapshotRecord, pinned: Bool, best: Bool) {
    self.record = record
    self.pinned = pinned
    self.best = best
  }

  private enum CodingKeys: String, CodingKey { case pinned, best }

  /// The keys of both stand in one object.
  public init(from decoder: any Decoder) throws {
    record = try SnapshotRecord(from: decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    pinned = try container.decode(Bool.self, forKey: .pinned)
    best = try container.decode(Bool.self, forKey: .best)
  }

  public func encode(to encoder: any Encoder) throws {
    try record.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(pinned, forKey: .pinned)
    try container.encode(best, forKey: .best)
  }
}
