import Files
public import Foundation

/// A folder of numbered files, each with a record of its digest beside it.
///
/// The record is written once the file is durable, so a file without one is the leftover of a process that was stopped.
/// A file counts only while its bytes are those of its record. No name is ever written twice.
public struct RecordedFiles: Sendable {
  /// The folder that holds the files and their records.
  public let folder: URL
  /// The beginning of every name, for example `theta`.
  public let prefix: String

  /// The highest number: names have 9 to 18 digits.
  static let highestStep = 999_999_999_999_999_999

  /// Makes the folder where it is missing, and removes leftovers. Only the process that holds the state's lock may do
  /// it.
  public init(creating folder: URL, prefix: String) throws {
    self.init(reading: folder, prefix: prefix)
    try SystemCall.makeFolder(folder.path)
    for name in try SystemCall.names(in: folder.path) {
      let isOrphan = try name.hasSuffix(".safetensors") && !exists(recordName(of: name))
      guard name.hasPrefix(prefix + "-"), isOrphan || name.hasSuffix(AtomicFile.temporarySuffix) else { continue }
      try SystemCall.removeFile(folder.appending(path: name).path)
    }
  }

  /// Opens the folder as it is, for reading only.
  public init(reading folder: URL, prefix: String) {
    self.folder = folder
    self.prefix = prefix
  }

  private func exists(_ name: String) throws -> Bool {
    try FileStatus.ifThere(folder.appending(path: name).path) != nil
  }

  /// Returns the bytes of a small file beside these; nil where it is not there.
  /// - Throws: `FileError` where it is there, or may be, and cannot be read.
  static func dataIfThere(_ file: URL) throws -> Data? {
    do { return try FileReading.data(file, atMost: FileReading.mostOfText) } catch let error as FileError
      where error.isAbsence
    {
      return nil
    }
  }

  private func recordName(of name: String) -> String {
    (name as NSString).deletingPathExtension + ".json"
  }

  /// Returns the name of the file of a number, such as `theta-000000012.safetensors`.
  public func name(_ step: Int) -> String { "\(prefix)-\(step.digits(atLeast: 9)).safetensors" }

  /// Writes a file and then its record, both durably.
  /// - Parameters:
  ///   - step: the number; it must be new.
  ///   - created: the time that the record states.
  ///   - key: signs the record; nil for none.
  /// - Throws: ``SnapshotError`` where the number was written before, or there is none above those that were; `FileError`
  ///   where the disk fails.
  @discardableResult
  public func write(_ data: Data, step: Int, created: Date, key: SigningKey? = nil) throws -> SnapshotRecord {
    let name = name(step)
    let url = folder.appending(path: name)
    guard (0...Self.highestStep).contains(step) else {
      throw SnapshotError(
        .exists, "\(folder.path): no number is left above that of \(self.name(Self.highestStep)): move that file away")
    }
    guard try !exists(recordName(of: name)) else {
      throw SnapshotError(.exists, "\(url.path): exists already, and no recorded file is ever written again")
    }
    let unsigned = SnapshotRecord(
      name: name, step: step, sha256: Digest.sha256(data), size: data.count,
      created: created.formatted(.iso8601))
    let record = try key?.signed(unsigned) ?? unsigned
    try AtomicFile.write(data, to: url)
    do {
      try AtomicFile.writeJSON(record, to: folder.appending(path: recordName(of: name)))
    } catch {
      // The file without its record is of no use, and a full disk needs the room.
      try? SystemCall.removeFile(url.path)
      throw error
    }
    return record
  }

  /// Returns all numbers that have a record, the newest first, whether their files are sound or not. A name that is
  /// never written, such as one of 19 digits, is none of them. A folder that is not there has none.
  /// - Throws: `FileError` where the folder cannot be read.
  public func steps() throws -> [Int] {
    guard try FileStatus.ifThere(folder.path) != nil else { return [] }
    return try SystemCall.names(in: folder.path).compactMap { file -> Int? in
      guard file.hasPrefix(prefix + "-"), file.hasSuffix(".json"),
        let step = Int(file.dropFirst(prefix.count + 1).dropLast(".json".count)),
        (0...Self.highestStep).contains(step), recordName(of: name(step)) == file
      else { return nil }
      return step
    }.sorted(by: >)
  }

  /// Reads a file and its record, and checks one against the other.
  /// - Throws: ``SnapshotError`` where it is missing or damaged.
  public func read(step: Int) throws -> (record: SnapshotRecord, data: Data) {
    let record = try record(step: step)
    let url = folder.appending(path: record.name)
    let data: Data
    // What is longer is not what was written, however long it is.
    do { data = try FileReading.data(url, atMost: record.size) } catch let error as FileError
      where error.number == EFBIG
    {
      throw Self.damage(url)
    }
    guard data.count == record.size, Digest.sha256(data) == record.sha256 else {
      throw Self.damage(url)
    }
    return (record, data)
  }

  /// Returns the error for a file whose bytes are not those of its record.
  static func damage(_ url: URL) -> SnapshotError {
    let record = url.deletingPathExtension().appendingPathExtension("json").lastPathComponent
    return SnapshotError(.damaged, "\(url.path): damaged: its SHA-256 is not that of \(record)")
  }

  /// Reads a file's record alone; the file's bytes are not compared with it.
  /// - Throws: ``SnapshotError`` where it is missing or damaged.
  public func record(step: Int) throws -> SnapshotRecord {
    let name = name(step)
    let path = folder.appending(path: name).path
    guard let json = try Self.dataIfThere(folder.appending(path: recordName(of: name))) else {
      throw SnapshotError(.missing, "\(path): there is no such file")
    }
    guard let record = try? JSONDecoder().decode(SnapshotRecord.self, from: json), record.name == name,
      record.step == step, record.isSound
    else { throw SnapshotError(.damaged, "\(path): its record \(recordName(of: name)) is damaged") }
    return record
  }

  /// Returns what `accept` makes of the newest file that is sound; nil where there is none.
  ///
  /// Files that this user may not read are passed over too, but where nothing else is left they are not nothing.
  /// - Parameters:
  ///   - refused: hears the reason for each newer file that is not sound, or that `accept` threw a damage for.
  ///   - accept: makes a value of a sound file.
  public func newest<Value>(
    refused: (any Error) -> Void, accept: (SnapshotRecord, Data) throws -> Value
  ) throws -> Value? {
    try newest(upTo: .max, refused: refused) { step in
      let (record, data) = try read(step: step)
      return try accept(record, data)
    }
  }

  /// Returns what `accept` makes of the newest number up to `highest` for which it does not throw a damage; nil where there
  /// is none.
  /// - Throws: `FileError` of the newest file that this user may not read, where no other is sound.
  func newest<Value>(
    upTo highest: Int, refused: (any Error) -> Void, accept: (Int) throws -> Value
  ) throws -> Value? {
    var forbidden: FileError?
    for step in try steps() where step <= highest {
      do {
        return try accept(step)
      } catch let error as SnapshotError where error.code == .damaged {
        refused(error)
      } catch let error as FileError {
        refused(error)
        if error.number == EACCES { forbidden = forbidden ?? error }
      }
    }
    if let forbidden { throw forbidden }
    return nil
  }

  /// Removes all files but the newest `count`.
  public func keepNewest(_ count: Int) throws {
    for step in try steps().dropFirst(count) { try remove(step: step) }
  }

  /// Removes a file: first its record, then the file. A process that is stopped between the two leaves a file without a
  /// record, which the next one removes.
  func remove(step: Int) throws {
    try SystemCall.removeFile(folder.appending(path: recordName(of: name(step))).path)
    try? SystemCall.removeFile(folder.appending(path: name(step)).path)
  }
}
