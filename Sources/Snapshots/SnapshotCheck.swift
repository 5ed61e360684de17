import Files
public import Foundation

/// A check that files of snapshots are whole and are what their records say.
public struct SnapshotCheck: Sendable {
  /// The SHA-256 that the file must have; nil where only its record tells.
  private let sha256: String?
  /// The key that must have signed its record; nil where no signature is asked for.
  private let key: VerificationKey?

  /// Makes a check.
  /// - Parameters:
  ///   - sha256: the digest that the file must have, in hexadecimal; nil where only its record tells.
  ///   - key: the key that must have signed its record; nil where no signature is asked for.
  public init(sha256: String? = nil, key: VerificationKey? = nil) {
    self.sha256 = sha256?.lowercased()
    self.key = key
  }

  /// The findings about a sound file.
  public struct Result: Sendable {
    /// The snapshot that the file holds.
    public var snapshot: Snapshot
    /// The file's SHA-256, 64 hexadecimal digits.
    public var sha256: String
    /// The file's size in bytes.
    public var size: Int
    /// The record beside the file; nil where there is none.
    public var record: SnapshotRecord?
  }

  /// Returns the files of snapshots at a path.
  ///
  /// For a folder, of a run's state or any other, they are those that are there or have records; otherwise the path
  /// itself.
  /// - Throws: ``SnapshotError`` where nothing is there, `FileError` where this user may not look.
  public static func files(at path: URL) throws -> [URL] {
    guard let status = try FileStatus.ifThere(path.path) else {
      throw SnapshotError(.missing, "\(path.path): there is no such file")
    }
    guard status.kind == .folder else { return [path] }
    let snapshots = StateFolder(path).snapshots
    let folder = try FileStatus.ifThere(snapshots.path) == nil ? path : snapshots
    let names = try SystemCall.names(in: folder.path).map {
      $0.hasSuffix(".json") ? String($0.dropLast(".json".count)) + SnapshotKind.suffix : $0
    }
    return Set(names.filter(SnapshotRecord.isSnapshotName)).sorted().map { folder.appending(path: $0) }
  }

  /// Reads a file and checks it against what was asked for, its record, its model card and its name.
  /// - Throws: ``SnapshotError`` where it is not sound or does not agree.
  public func check(_ file: URL) throws -> Result {
    func damaged(_ reason: String) -> SnapshotError { SnapshotError(.damaged, "\(file.path): damaged: \(reason)") }
    let data = try FileReading.data(file, atMost: FileReading.mostOfTensors)
    let digest = Digest.sha256(data)
    if let sha256, digest != sha256 { throw damaged("its SHA-256 is \(digest)") }
    let record = try Self.record(beside: file)
    if let record, record.size != data.count || record.sha256 != digest {
      throw damaged("it is not the \(record.size) bytes of SHA-256 \(record.sha256) of its record")
    }
    if let card = try Self.card(beside: file), card.sha256 != digest {
      throw damaged("it is not the file of SHA-256 \(card.sha256) that the model card beside it describes")
    }
    if let key {
      guard let record else {
        throw SnapshotError(
          .untrusted,
          "\(file.path): has no record beside it, which is what is signed; lopt fetch --keep-record leaves it")
      }
      do { try key.verify(record) } catch let error as SnapshotError {
        throw SnapshotError(error.code, "\(file.deletingLastPathComponent().path)/\(error.description)")
      }
    }
    let snapshot = try Snapshot(data, name: file.path)
    if let (kind, step) = SnapshotKind.parse(record?.name ?? file.lastPathComponent),
      kind != snapshot.kind || step != snapshot.metadata.outerIteration
    {
      throw damaged("it says that it is \(snapshot.kind) of step \(snapshot.metadata.outerIteration)")
    }
    return Result(snapshot: snapshot, sha256: digest, size: data.count, record: record)
  }

  private static func fileBeside(_ file: URL) -> URL { file.deletingPathExtension().appendingPathExtension("json") }

  /// Reads the record beside a file; nil where there is none. Only a file with a snapshot's name has one: beside
  /// another file, `.json` may be anything.
  private static func record(beside file: URL) throws -> SnapshotRecord? {
    guard SnapshotRecord.isSnapshotName(file.lastPathComponent) else { return nil }
    let url = fileBeside(file)
    guard let data = try RecordedFiles.dataIfThere(url), try card(beside: file) == nil else { return nil }
    guard let record = try? JSONDecoder().decode(SnapshotRecord.self, from: data),
      record.name == file.lastPathComponent, record.isSound
    else { throw SnapshotError(.damaged, "\(url.path): is not the record of \(file.lastPathComponent)") }
    return record
  }

  /// The part of a model card, which `lopt describe` writes, that names its file. A record has no `settings`.
  private struct Card: Decodable {
    struct Settings: Decodable {}
    var sha256: String
    var settings: Settings
  }

  /// Reads the model card beside a file; nil where there is something else, or nothing.
  private static func card(beside file: URL) throws -> Card? {
    try RecordedFiles.dataIfThere(fileBeside(file)).flatMap { try? JSONDecoder().decode(Card.self, from: $0) }
  }
}
