import Files
public import Foundation
public import Snapshots

/// The conditions for trusting a record: a signature, its age, and that it is not older than one that was seen before.
public struct SnapshotTrust: Sendable {
  /// The key that must have signed; nil where no signature is asked for.
  public var key: VerificationKey?
  /// The age in seconds above which a record is refused; nil for no limit.
  public var longestAge: Double?
  /// Whether `latest` may be older than a snapshot that was fetched before.
  public var allowsOlder: Bool
  /// The folder that remembers the highest step of each key.
  public var memory: URL

  /// Makes the conditions.
  /// - Parameters:
  ///   - key: the public key of the signer; nil where no signature is asked for.
  ///   - longestAge: the largest age of a newest snapshot in seconds; nil for any.
  ///   - allowsOlder: whether a snapshot may be older than one that was trusted before.
  ///   - memory: the folder to remember in; nil for the one in the user's state folder.
  public init(
    key: VerificationKey? = nil, longestAge: Double? = nil, allowsOlder: Bool = false, memory: URL? = nil
  ) {
    self.key = key
    self.longestAge = longestAge
    self.allowsOlder = allowsOlder
    self.memory = memory ?? UserFolders.state.appending(path: "keys")
  }

  /// Checks a record against the conditions.
  ///
  /// - Parameter isLatest: whether it was given as the newest.
  /// - Throws: `SnapshotError` where it is not to be trusted.
  func check(_ record: SnapshotRecord, isLatest: Bool, now: Date = Date()) throws {
    if let key {
      try key.verify(record)
      if isLatest, !allowsOlder, let highest = try highestStep(of: key), highest > record.step {
        throw SnapshotError(
          .untrusted,
          "\(record.name): step \(highest) of the key \(key.fingerprint) was fetched before, and this is "
            + "older; if that is right, take it by --allow-older, or remove \(file(of: key).path) to forget what was")
      }
    }
    guard let longestAge else { return }
    guard let created = record.time else {
      throw SnapshotError(.untrusted, "\(record.name): its record does not say when it was written")
    }
    guard now.timeIntervalSince(created) <= longestAge else {
      throw SnapshotError(
        .untrusted, "\(record.name): was written \(record.created), which is longer ago than --max-age allows")
    }
  }

  /// Remembers the step of a record that was checked.
  func remember(_ record: SnapshotRecord) throws {
    guard let key, try highestStep(of: key) ?? -1 < record.step else { return }
    try SystemCall.makeFolder(memory.path)
    let steps = try JournalFile(file(of: key))
    // Reading the lines ends a last one that was cut.
    _ = try steps.lines()
    try steps.append(Data(String(record.step).utf8))
  }

  /// Returns the file that remembers a key's steps, one a line. The highest counts, so the order among processes does
  /// not matter.
  private func file(of key: VerificationKey) -> URL { memory.appending(path: "\(key.fingerprint).steps") }

  private func highestStep(of key: VerificationKey) throws -> Int? {
    let file = file(of: key)
    guard try Self.isThere(file) else { return nil }
    return try FileReading.data(file, atMost: FileReading.mostOfLog).split(separator: UInt8(ascii: "\n"))
      .compactMap { Int(String(decoding: $0, as: UTF8.self)) }.max()
  }

  /// Returns whether there is a file. Where this user may not look there is none, for without a home of its own it can
  /// keep nothing.
  /// - Throws: `FileError` where that cannot be told, as a link on the way leads nowhere: what it led to may come back.
  private static func isThere(_ file: URL) throws -> Bool {
    var place = file
    while place.path != "/" {
      do {
        _ = try FileStatus(place.path, followingLinks: false)
      } catch let error as FileError where error.isAbsence || error.number == EACCES {
        place.deleteLastPathComponent()
        continue
      }
      _ = try FileStatus(place.path)
      return place == file
    }
    return false
  }
}
