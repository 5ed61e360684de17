import Files
public import Foundation

/// A snapshot: the weights θ of a learned optimizer, and the facts stated about them.
public struct Snapshot: Sendable, Equatable {
  /// The weights, flat (Documentation/method.md#the-flat-order-of-θ).
  public var theta: [Float]
  /// The facts stated about θ: how to run it, and how it was made.
  public var metadata: SnapshotMetadata

  /// Makes a snapshot.
  public init(theta: [Float], metadata: SnapshotMetadata) {
    self.theta = theta
    self.metadata = metadata
  }

  /// Reads the bytes of a snapshot's file.
  /// - Parameter name: what an error calls the file.
  /// - Throws: ``SnapshotError`` where they are not a sound snapshot.
  public init(_ data: Data, name: String) throws {
    try self.init(Safetensors(data, name: name), name: name)
  }

  /// Reads a snapshot from a safetensors file.
  /// - Parameter name: what an error calls the file.
  /// - Throws: ``SnapshotError`` where it has no float32 tensor `theta` of finite numbers, or its metadata is not a
  ///   snapshot's.
  public init(_ file: Safetensors, name: String) throws {
    guard file.metadata["adam_steps"] == nil else {
      throw SnapshotError(
        .damaged,
        "\(name): is the state of a run, not a snapshot: give a theta-….safetensors of the folder snapshots beside it, or "
          + "get one with lopt fetch latest --from STATE-FOLDER")
    }
    guard case .float32(let theta)? = file.tensors["theta"]?.values else {
      throw SnapshotError(.damaged, "\(name): not a snapshot: it has no float32 tensor theta")
    }
    try Self.check(theta, name: name)
    self.init(theta: theta, metadata: try SnapshotMetadata(file.metadata, name: name))
  }

  /// Checks that weights are finite numbers: with others nothing can be trained.
  ///
  /// - Parameter name: what an error calls the file.
  /// - Throws: ``SnapshotError`` where they are not.
  package static func check(_ theta: [Float], name: String) throws {
    let count = theta.count { !$0.isFinite }
    guard count == 0 else {
      throw SnapshotError(
        .damaged,
        "\(name): damaged: \(count) of its \(theta.count) weights are not finite numbers; take another snapshot")
    }
  }

  /// Whether this is θ itself or its average.
  public var kind: SnapshotKind { metadata.averageDecay == nil ? .theta : .average }

  /// Reads a snapshot's file.
  /// - Throws: ``SnapshotError`` where it is not a sound snapshot, `FileError` where it cannot be read.
  public init(contentsOf url: URL) throws {
    try self.init(FileReading.data(url, atMost: FileReading.mostOfTensors), name: url.path)
  }

  /// Returns the bytes of the snapshot's file.
  public func encoded() throws -> Data {
    let tensor = Safetensors.Tensor(shape: [theta.count], .float32(theta))
    return try Safetensors(metadata: metadata.dictionary, tensors: ["theta": tensor]).encoded()
  }
}

/// The snapshots of a run, in the folder `snapshots` of its state: immutable, each with its record.
///
/// One process writes, one thread of it at a time; any other may read meanwhile.
public struct SnapshotStore: Sendable {
  let folder: URL
  private let key: SigningKey?
  private let verified = VerifiedFiles()

  /// Opens the store of a state folder for the process that trains, and makes it where it is missing.
  ///
  /// - Parameter key: signs the records of what is written; nil for no signatures.
  public init(creatingIn state: URL, key: SigningKey? = nil) throws {
    folder = StateFolder(state).snapshots
    self.key = key
    for kind in SnapshotKind.allCases { _ = try RecordedFiles(creating: folder, prefix: kind.rawValue) }
    for file in [latestFile, bestFile, pinsFile] { try AtomicFile.removeTemporaries(for: file) }
  }

  /// Opens the store of a state folder for reading.
  public init(readingFrom state: URL) {
    folder = StateFolder(state).snapshots
    key = nil
  }

  func files(_ kind: SnapshotKind) -> RecordedFiles { RecordedFiles(reading: folder, prefix: kind.rawValue) }

  /// The file with the record of the newest snapshot of θ, replaced once that is durable. It is for programs that look
  /// into the folder: ours take the newest that is sound.
  var latestFile: URL { folder.appending(path: "latest.json") }
  /// The file with the record of the snapshot of the lowest evaluation.
  var bestFile: URL { folder.appending(path: "best.json") }
  /// The file with the names of the pinned snapshots.
  var pinsFile: URL { folder.appending(path: "pinned.json") }

  /// Writes a snapshot durably, and the file of the latest where it is one of θ.
  /// - Returns: its record.
  /// - Throws: ``SnapshotError`` where a snapshot of that step and kind exists, or θ is not finite; `FileError` where the
  ///   disk fails.
  @discardableResult
  public func write(_ snapshot: Snapshot, created: Date = Date()) throws -> SnapshotRecord {
    try Snapshot.check(snapshot.theta, name: name(snapshot.kind, step: snapshot.metadata.outerIteration))
    let record = try files(snapshot.kind).write(
      snapshot.encoded(), step: snapshot.metadata.outerIteration, created: created, key: key)
    if snapshot.kind == .theta { try AtomicFile.writeJSON(record, to: latestFile) }
    return record
  }

  /// Returns the highest step of a kind that was ever written, sound or not; nil where there is none.
  public func highestStep(of kind: SnapshotKind = .theta) throws -> Int? { try files(kind).steps().first }

  /// Returns the record of the newest snapshot of a kind that is sound; nil where there is none.
  ///
  /// A file is read and hashed once as long as nobody changes it. The average of a step is written before its θ: until that is
  /// there too, it does not count.
  /// - Parameter refused: hears the reason for each newer one that is not sound.
  public func latest(
    _ kind: SnapshotKind = .theta, refused: (any Error) -> Void = { _ in }
  ) throws -> SnapshotRecord? {
    let newestTheta = kind == .theta ? Int.max : try highestStep() ?? -1
    return try files(kind).newest(upTo: newestTheta, refused: refused) { step in try open(kind, step: step).record }
  }

  /// Returns the name that the snapshot of a step has, whether there is one or not.
  public func name(_ kind: SnapshotKind = .theta, step: Int) -> String { files(kind).name(step) }

  /// Reads a snapshot by its name.
  /// - Returns: the record and the bytes of the file.
  /// - Throws: ``SnapshotError`` where it is missing or damaged.
  public func read(named name: String) throws -> (record: SnapshotRecord, data: Data) {
    let (kind, step) = try parse(name)
    return try files(kind).read(step: step)
  }

  /// Opens a snapshot by its name, to read it in pieces.
  /// - Throws: ``SnapshotError`` where it is missing or damaged.
  package func open(named name: String) throws -> OpenSnapshot {
    let (kind, step) = try parse(name)
    return try open(kind, step: step)
  }

  private func open(_ kind: SnapshotKind, step: Int) throws -> OpenSnapshot {
    let record = try files(kind).record(step: step)
    return try verified.opened(record, at: folder.appending(path: record.name))
  }

  /// Reads the record of a snapshot by its name, whether the file is sound or not.
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
