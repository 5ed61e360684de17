import Files
public import Foundation

/// A folder that is being made: it bears another name until it is whole, and is locked by the process that makes it.
public final class PartialFolder {
  /// The folder under the name that it has while it is being made.
  public let url: URL
  private let target: URL
  /// The descriptor that holds the lock as long as it is open. The system lets go of it however the process ends.
  private let descriptor: Int32

  /// Makes and locks the folder that will be `target`, or locks what a stopped process left of it.
  /// - Throws: ``ShardsError`` where `target` exists, another process is making it, or the folder cannot be made.
  public init(for target: URL) throws {
    self.target = target
    url = Self.url(for: target)
    try Self.refuseExisting(target)
    do { try SystemCall.makeOneFolder(url.path) } catch let error as FileError where error.number != EEXIST {
      let code: ShardsErrorCode = error.number == ENOSPC ? .noSpace : .cannotCreate
      throw ShardsError(code, url.path, "cannot be made: \(error.reason)")
    } catch is FileError {
      // A stopped maker left it.
    }
    descriptor = try SystemCall.open(url.path, O_RDONLY | O_DIRECTORY)
    do {
      // Its former maker may have finished in between, and given it its name.
      guard try SystemCall.lock(descriptor, path: url.path),
        SystemCall.isSameFile(descriptor, url.path, followingLinks: true)
      else {
        throw ShardsError(.busy, url.path, "another process is making this: wait for it, or stop it")
      }
      try Self.refuseExisting(target)
    } catch {
      SystemCall.close(descriptor)
      throw error
    }
  }

  deinit { SystemCall.close(descriptor) }

  /// Returns the name that `target` has while it is being made.
  static func url(for target: URL) -> URL {
    target.deletingLastPathComponent().appending(path: target.lastPathComponent + AtomicFile.temporarySuffix)
  }

  /// Empties a folder that a stopped maker left, and marks it by a file `mark` as long as the new maker is at work.
  /// - Throws: ``ShardsError`` where the folder holds anything but no file `mark`: that is somebody else's work.
  public func take(mark: String) throws {
    let names = try SystemCall.names(in: url.path)
    if let foreign = names.min(), !names.contains(mark) {
      throw ShardsError(
        .otherBuild, url.path,
        "is the output's name while it is made, but holds \(foreign), which no stopped run of this command left: "
          + "move it away, or choose another output")
    }
    if names.isEmpty { try AtomicFile.write(Data(), to: url.appending(path: mark)) }
    try empty(except: [mark])
  }

  /// Gives the folder its name; its files must be synced already.
  ///
  /// The file `mark` is removed last. A process that is stopped before that leaves a whole folder with one file too
  /// many. Removed first, a stop would leave a folder of which nobody could tell whether it is whole.
  public func publish(without mark: String? = nil) throws {
    try SystemCall.syncFolder(url.path)
    try SystemCall.rename(url.path, to: target.path)
    try SystemCall.syncFolder(target.deletingLastPathComponent().path)
    if let mark { try SystemCall.removeFile(target.appending(path: mark).path) }
  }

  /// Removes the folder and everything in it.
  public func remove() { try? FileManager.default.removeItem(at: url) }

  /// Removes what a stopped process left, but for the files in `names`.
  public func empty(except names: Set<String> = []) throws {
    for name in try SystemCall.names(in: url.path) where !names.contains(name) {
      try FileManager.default.removeItem(at: url.appending(path: name))
    }
  }

  private static func refuseExisting(_ target: URL) throws {
    // A link that leads nowhere is there too.
    guard (try? FileManager.default.attributesOfItem(atPath: target.path)) == nil else {
      throw ShardsError(.outputExists, target.path, "exists already: remove it or choose another output")
    }
  }
}
