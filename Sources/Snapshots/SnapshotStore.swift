import Files
public import Foundation

/// A snapshot: θ and what is said of it.
public struct Snapshot: Sendable, Equatable {
  public var theta: [Float]
  public var metadata: SnapshotMetadata

  public init(theta: [Float], metadata: SnapshotMetadata) {
    self.theta = theta
    self.metadata = metadata
  }

  /// - Parameter name: what an error calls the file.
  public init(_ data: Data, name: String) throws {
    try self.init(Safetensors(data, name: name), name: name)
  }

  /// - Parameter name: what an error calls the file.
  public init(_ file: Safetensors, name: String) throws {
    guard case .float32(let theta)? = file.tensors["theta"]?.values else {
      throw SnapshotError(.damaged, "\(name): not a snapshot: it has no float32 tensor theta")
    }
    self.init(theta: theta, metadata: try SnapshotMetadata(file.metadata, name: name))
  }

  public var kind: SnapshotKind { metadata.averageDecay == nil ? .theta : .average }

  public init(contentsOf url: URL) throws {
    try self.init(FileReading.data(url), name: url.path)
  }

  public func encoded() throws -> Data {
    let tensor = Safetensors.Tensor(shape: [theta.count], .float32(theta))
    return try Safetensors(metadata: metadata.dictionary, tensors: ["theta": tensor]).encoded()
  }
}

/// The snapshots of a run, in `STATE/snapshots`: immutable, each with its record.
///
/// One process writes, one thread of it at a time; any other may read meanwhile.
public struct SnapshotStore: Sendable {
  let folder: URL
  private let key: SigningKey?

  /// The store of a state folder, for the process that trains.
  ///
  /// - Parameter key: signs the records of what is written.
  public init(creatingIn state: URL, key: SigningKey? = nil) throws {
    folder = Self.folder(state)
    self.key = key
    for kind in SnapshotKind.allCases { _ = try RecordedFiles(creating: folder, prefix: kind.rawValue) }
    for file in [latestFile, bestFile, pinsFile] { try AtomicFile.removeTemporaries(for: file) }
  }

  /// The store of a state folder, for reading.
  public init(readingFrom state: URL) {
    folder = Self.folder(state)
    key = nil
  }

  func files(_ kind: SnapshotKind) -> RecordedFiles { RecordedFiles(reading: folder, prefix: kind.rawValue) }

  private static func folder(_ state: URL) -> URL { state.appending(path: "snapshots") }

  /// The record of the newest snapshot of θ: replaced once that is durable. For programs that look into the folder: ours
  /// take the newest that is sound.
  var latestFile: URL { folder.appending(path: "latest.json") }
  /// The record of the snapshot of the lowest evaluation.
  var bestFile: URL { folder.appending(path: "best.json") }
  /// The names of those that are kept for good.
  var pinsFile: URL { folder.appending(path: "pinned.json") }

  @discardableResult
  public func write(_ snapshot: Snapshot, created: Date = Date()) throws -> SnapshotRecord {
    let record = try files(snapshot.kind).write(
      snapshot.encoded(), step: snapshot.metadata.outerIteration, created: created, key: key)
    if snapshot.kind == .theta { try AtomicFile.writeJSON(record, to: latestFile) }
    return record
  }

  /// The highest step of a kind that was ever written, sound or not.
  public func highestStep(of kind: SnapshotKind = .theta) throws -> Int? { try files(kind).steps().first }

  /// The newest snapshot of θ that is sound; `refused` hears of each newer one that is not.
  public func latest(refused: (any Error) -> Void = { _ in }) throws -> SnapshotRecord? {
    try files(.theta).newest(refused: refused) { record, _ in record }
  }

  /// The name of the snapshot of a step, whether there is one or not.
  public func name(_ kind: SnapshotKind = .theta, step: Int) -> String { files(kind).name(step) }

  /// The record and the bytes of a snapshot by its name.
  public func read(named name: String) throws -> (record: SnapshotRecord, data: Data) {
    let (kind, step) = try parse(name)
    return try files(kind).read(step: step)
  }

  /// The record of a snapshot by its name, whether the file is sound or not.
  func record(named name: String) throws -> SnapshotRecord {
    let (kind, step) = try parse(name)
    return try files(kind).record(step: step)
  }

  private func parse(_ name: String) throws -> (SnapshotKind, step: Int) {
    guard let (kind, step) = SnapshotKind.parse(name), self.name(kind, step: step) == name else {
      throw SnapshotError(.missing, "\(name): not the name of a snapshot, such as \(self.name(step: 12))")
    }
    return (kind, step)
  }
}
