import Files
public import Foundation

/// A snapshot as a list names it.
public struct ListedSnapshot: Codable, Sendable, Equatable {
  public var record: SnapshotRecord
  /// Whether it is kept until it is unpinned.
  public var pinned: Bool
  /// Whether it is that of the lowest evaluation.
  public var best: Bool

  public init(record: SnapshotRecord, pinned: Bool, best: Bool) {
    self.record = record
    self.pinned = pinned
    self.best = best
  }

  private enum CodingKeys: CodingKey { case pinned, best }

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

/// Which snapshots are kept: step 0, the best, the pinned ones, the newest, and one of each stretch of time.
public struct SnapshotRetention: Sendable, Equatable {
  /// The newest so many, of θ and of its average.
  public var newest: Int
  /// Of each stretch of so many seconds the first is kept.
  public var interval: TimeInterval

  public init(newest: Int, interval: TimeInterval) {
    self.newest = newest
    self.interval = interval
  }
}

extension SnapshotStore {
  /// All snapshots that have a sound record, the newest first; whether their files are sound shows when they are read.
  public func list() throws -> [ListedSnapshot] {
    // A list of pins that cannot be read is an alarm with the next snapshot, and nothing is removed until then.
    let pinned = (try? pinned()) ?? []
    let best = try bestName()
    let records = try SnapshotKind.allCases.flatMap { kind in
      try files(kind).steps().compactMap { step in try? files(kind).record(step: step) }
    }
    return records.sorted { ($1.step, $0.name) < ($0.step, $1.name) }
      .map { ListedSnapshot(record: $0, pinned: pinned.contains($0.name), best: $0.name == best) }
  }

  /// The names of the pinned snapshots.
  public func pinned() throws -> Set<String> {
    guard FileManager.default.fileExists(atPath: pinsFile.path) else { return [] }
    guard let names = try? JSONDecoder().decode(Set<String>.self, from: FileReading.data(pinsFile)) else {
      throw SnapshotError(.damaged, "\(pinsFile.path): damaged: it is no list of names; remove it, and pin again")
    }
    return names
  }

  /// Pins a snapshot, so that it is kept, or takes that back.
  @discardableResult
  public func setPinned(_ isPinned: Bool, _ name: String) throws -> ListedSnapshot {
    // What is pinned must be sound; what no longer is can be let go of.
    let record = try isPinned ? read(named: name).record : record(named: name)
    var names = try pinned()
    if isPinned { names.insert(name) } else { names.remove(name) }
    try AtomicFile.writeJSON(names.sorted(), to: pinsFile)
    return ListedSnapshot(record: record, pinned: isPinned, best: try bestName() == name)
  }

  /// The name in the record of the best, sound or not.
  private func bestName() throws -> String? {
    guard FileManager.default.fileExists(atPath: bestFile.path) else { return nil }
    return try? JSONDecoder().decode(BestSnapshot.self, from: FileReading.data(bestFile)).record.name
  }

  /// Removes what is not to be kept.
  ///
  /// - Throws: before it removes anything where the list of pinned ones cannot be read.
  public func retain(_ retention: SnapshotRetention) throws {
    let kept = try pinned().union([bestName()].compactMap { $0 })
    for kind in SnapshotKind.allCases {
      let files = files(kind)
      // From the oldest on, the first of each stretch is the one that stays.
      var stretches: Set<Int> = []
      for step in try files.steps().dropFirst(retention.newest).reversed() {
        let created = (try? files.record(step: step).created).flatMap { try? Date($0, strategy: .iso8601) }
        // A record that cannot be read is for a person to look at.
        guard let created else { continue }
        let stretch = Int((created.timeIntervalSince1970 / retention.interval).rounded(.down))
        let isFirst = stretches.insert(stretch).inserted
        if step == 0 || isFirst || kept.contains(files.name(step)) { continue }
        try files.remove(step: step)
      }
    }
  }
}
