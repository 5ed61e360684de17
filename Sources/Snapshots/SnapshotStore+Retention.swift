import Files
public import Foundation

/// A snapshot as lists show it.
public struct ListedSnapshot: Codable, Sendable, Equatable {
  /// The snapshot's record.
  public var record: SnapshotRecord
  /// Whether the snapshot is kept until it is unpinned.
  public var pinned: Bool
  /// Whether the snapshot is that of the lowest evaluation.
  public var best: Bool

  /// Makes an entry of a list.
  public init(record: SnapshotRecord, pinned: Bool, best: Bool) {
    self.record = record
    self.pinned = pinned
    self.best = best
  }

  private enum CodingKeys: CodingKey { case pinned, best }

  /// Decodes one object that holds the record's keys and `pinned` and `best`.
  public init(from decoder: any Decoder) throws {
    record = try SnapshotRecord(from: decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    pinned = try container.decode(Bool.self, forKey: .pinned)
    best = try container.decode(Bool.self, forKey: .best)
  }

  /// Encodes one object that holds the record's keys and `pinned` and `best`.
  public func encode(to encoder: any Encoder) throws {
    try record.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(pinned, forKey: .pinned)
    try container.encode(best, forKey: .best)
  }
}

/// The rule by which snapshots are kept: step 0, the best, the pinned ones, the newest, and one of each stretch of
/// time.
public struct SnapshotRetention: Sendable, Equatable {
  /// The number of the newest that are kept, of θ and of its average each.
  public var newest: Int
  /// The length in seconds of the stretches of time, of each of which the first snapshot is kept.
  public var interval: TimeInterval

  /// Makes a rule.
  public init(newest: Int, interval: TimeInterval) {
    self.newest = newest
    self.interval = interval
  }
}

extension SnapshotStore {
  /// Returns all snapshots that have a sound record, the newest first. Their files are not read.
  public func list() throws -> [ListedSnapshot] {
    // A list of pins that cannot be read raises an alarm with the next snapshot; nothing is removed until then.
    let pinned = (try? pinned()) ?? []
    let best = try bestName()
    let records = try SnapshotKind.allCases.flatMap { kind in
      try files(kind).steps().compactMap { step in try? files(kind).record(step: step) }
    }
    return records.sorted { ($1.step, $0.name) < ($0.step, $1.name) }
      .map { ListedSnapshot(record: $0, pinned: pinned.contains($0.name), best: $0.name == best) }
  }

  /// Returns the names of the pinned snapshots.
  /// - Throws: ``SnapshotError`` where the list of them is damaged.
  public func pinned() throws -> Set<String> {
    guard let data = try RecordedFiles.dataIfThere(pinsFile) else { return [] }
    guard let names = try? JSONDecoder().decode(Set<String>.self, from: data) else {
      throw SnapshotError(.damaged, "\(pinsFile.path): damaged: it is no list of names; remove it, and pin again")
    }
    return names
  }

  /// Pins a snapshot, so that it is kept, or unpins it.
  /// - Returns: the snapshot as lists show it now.
  /// - Throws: ``SnapshotError`` where there is no such snapshot, or one to be pinned is damaged.
  @discardableResult
  public func setPinned(_ isPinned: Bool, _ name: String) throws -> ListedSnapshot {
    // Only a sound snapshot may be pinned, but a damaged one may be unpinned.
    let record = try isPinned ? read(named: name).record : record(named: name)
    var names = try pinned()
    if isPinned { names.insert(name) } else { names.remove(name) }
    try AtomicFile.writeJSON(names.sorted(), to: pinsFile)
    return ListedSnapshot(record: record, pinned: isPinned, best: try bestName() == name)
  }

  /// Returns the name in the record of the best snapshot, whether that is sound or not; nil where there is none.
  private func bestName() throws -> String? {
    guard let data = try RecordedFiles.dataIfThere(bestFile) else { return nil }
    return try? JSONDecoder().decode(BestSnapshot.self, from: data).record.name
  }

  /// Removes the snapshots that a rule does not keep.
  ///
  /// - Throws: ``SnapshotError``, before anything is removed, where the list of pinned ones cannot be read.
  public func retain(_ retention: SnapshotRetention) throws {
    let kept = try pinned().union([bestName()].compactMap { $0 })
    for kind in SnapshotKind.allCases {
      let files = files(kind)
      // Going from the oldest on, the first snapshot of each stretch stays.
      var stretches: Set<Double> = []
      for step in try files.steps().dropFirst(retention.newest).reversed() {
        let created = (try? files.record(step: step))?.time
        // A record that cannot be read is left for a person.
        guard let created else { continue }
        let stretch = (created.timeIntervalSince1970 / retention.interval).rounded(.down)
        let isFirst = stretches.insert(stretch).inserted
        if step == 0 || isFirst || kept.contains(files.name(step)) { continue }
        try files.remove(step: step)
      }
    }
  }
}
