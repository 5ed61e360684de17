import Files
import Foundation
import Settings
import Synchronization

/// The place of a Unix socket, which one daemon at a time has.
///
/// Binding replaces a socket that is there, so a lock beside it, `PATH.lock`, keeps a second daemon away for as long as the
/// first one lives. It is released when the process ends in any way.
final class SocketPlace: Sendable {
  private let path: String
  private let lockPath: String
  private let lock: Int32
  private let bound = Mutex<FileIdentity?>(nil)

  /// Makes the socket's folder, takes the lock, and looks whether another program listens on the socket.
  /// - Throws: ``DaemonError`` where another process has the place, `FileError` where the lock cannot be made.
  init(_ path: String) throws {
    self.path = path
    lockPath = path + ".lock"
    try SystemCall.makeFolder(URL(filePath: path).deletingLastPathComponent().path)
    lock = try Self.take(lockPath, path)
    guard UnixSocket(path: path, type: SOCK_STREAM) == nil else { throw Self.taken(path) }
  }

  deinit { SystemCall.close(lock) }

  private static func take(_ lockPath: String, _ path: String) throws -> Int32 {
    while true {
      let descriptor = try SystemCall.open(lockPath, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
      do {
        guard try SystemCall.lock(descriptor, path: lockPath) else { throw taken(path) }
      } catch {
        SystemCall.close(descriptor)
        throw error
      }
      // Who held it may have removed it meanwhile: then it keeps nobody away.
      if SystemCall.isSameFile(descriptor, lockPath) { return descriptor }
      SystemCall.close(descriptor)
    }
  }

  private static func taken(_ path: String) -> DaemonError {
    DaemonError(.portTaken, \.http.socket, "another process listens on \(path); choose another")
  }

  /// What is at the path now; nil for nothing.
  private var there: FileIdentity? { (try? FileStatus(path, followingLinks: false)).map(FileIdentity.init) }

  /// Remembers the socket that was bound.
  func remember() {
    let identity = there
    bound.withLock { $0 = identity }
  }

  /// Removes the socket that was bound, where it still is the one at that path, and then the lock.
  func leave() {
    let own = bound.withLock { $0 }
    if let own, let now = there, now.isSameFile(as: own) {
      try? SystemCall.removeFile(path)
    }
    try? SystemCall.removeFile(lockPath)
  }
}
