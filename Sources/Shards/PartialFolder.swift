import Foundation
import Support

/// A folder that is being made: it bears another name until it is whole.
///
/// What a stopped process left under that name is replaced; a folder that a living one fills is not touched.
final class PartialFolder {
  let url: URL
  private let target: URL
  /// Holds the lock as long as it is open; the system lets go of it when the process ends in whichever way.
  private let descriptor: Int32

  init(for target: URL) throws {
    self.target = target
    url = target.deletingLastPathComponent().appending(path: target.lastPathComponent + AtomicFile.temporarySuffix)
    try Self.refuseExisting(target)
    guard mkdir(url.path, 0o755) == 0 || errno == EEXIST else {
      let code: ShardsError.Code = errno == ENOSPC ? .noSpace : .cannotCreate
      throw ShardsError(code, url.path, "cannot be made: \(String(cString: strerror(errno)))")
    }
    descriptor = try SystemCall.open(url.path, O_RDONLY | O_DIRECTORY)
    do {
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, Self.isSame(descriptor, url.path) else {
        throw ShardsError(.busy, url.path, "another process is making this dataset: wait for it, or stop it")
      }
      try Self.refuseExisting(target)
      try empty()
    } catch {
      SystemCall.close(descriptor)
      throw error
    }
  }

  deinit { SystemCall.close(descriptor) }

  /// Gives the folder its name; its files are synced already.
  func publish() throws {
    try SystemCall.syncFolder(url.path)
    try SystemCall.rename(url.path, to: target.path)
    try SystemCall.syncFolder(target.deletingLastPathComponent().path)
  }

  func remove() { try? FileManager.default.removeItem(at: url) }

  private func empty() throws {
    for file in try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil) {
      try FileManager.default.removeItem(at: file)
    }
  }

  private static func refuseExisting(_ target: URL) throws {
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw ShardsError(.outputExists, target.path, "exists already: remove it or choose another output")
    }
  }

  /// Whether the locked folder still has its name: its former maker may have finished in between.
  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var locked = stat()
    var named = stat()
    return fstat(descriptor, &locked) == 0 && stat(path, &named) == 0 && locked.st_ino == named.st_ino
  }
}
