import Files
public import Foundation

/// The lock of a state folder, with which one process at a time trains. It is released when the process ends in any
/// way.
///
/// Locked are the folder itself, so that nobody lets a second process in by removing a file, and the file `lock` in it,
/// which says who has it and which older versions look at.
public final class StateLock: Sendable {
  private let path: String
  private let folder: Int32
  private let file: Int32

  /// Takes the lock.
  /// - Throws: ``SnapshotError`` that names the process that holds it.
  public init(state: URL) throws {
    path = state.path
    try SystemCall.makeFolder(path)
    let folder = try SystemCall.open(path, O_RDONLY | O_DIRECTORY)
    do { file = try Self.file(StateFolder(state).lock.path, of: folder, path) } catch {
      SystemCall.close(folder)
      throw error
    }
    self.folder = folder
  }

  deinit {
    SystemCall.close(file)
    SystemCall.close(folder)
  }

  /// Checks that the folder that is locked still is the one at its path: another one may be another process's.
  /// - Throws: ``SnapshotError`` where it is not.
  public func check() throws {
    guard SystemCall.isSameFile(folder, path, followingLinks: true) else {
      throw SnapshotError(
        .locked, "\(path): is no longer the folder that this process trains with: move that back, or stop the process")
    }
  }

  /// Locks a folder and then its file, and writes into that who has it.
  /// - Returns: the descriptor of the file.
  private static func file(_ file: String, of folder: Int32, _ path: String) throws -> Int32 {
    guard try lockFolderSoon(folder, path) else { throw taken(path, file) }
    let descriptor = try SystemCall.open(file, O_RDWR | O_CREAT)
    do {
      guard try soon({ try SystemCall.lock(descriptor, path: file) }) else { throw taken(path, file) }
      try SystemCall.truncate(descriptor, path: file)
      let process = ProcessInfo.processInfo
      try SystemCall.write(
        descriptor, Data("\(process.processIdentifier) (\(process.processName))\n".utf8), path: file)
      return descriptor
    } catch {
      SystemCall.close(descriptor)
      throw error
    }
  }

  private static func taken(_ state: String, _ file: String) -> SnapshotError {
    let text =
      (try? FileReading.data(URL(filePath: file), atMost: FileReading.mostOfSecret)).map {
        String(decoding: $0, as: UTF8.self)
      } ?? ""
    let holder = text.trimmingCharacters(in: .whitespacesAndNewlines).printable()
    return SnapshotError(
      .locked,
      "\(state): \(holder.isEmpty ? "another process" : "process \(holder)") trains with this state; stop it first, or "
        + "use another")
  }

  /// Tries to lock the folder; true where its file system, such as NFS, locks no folders: there the file alone is locked.
  private static func lockFolderSoon(_ folder: Int32, _ path: String) throws -> Bool {
    do {
      return try soon { try SystemCall.lock(folder, path: path) }
    } catch let error as FileError where [EBADF, EINVAL, ENOLCK, ENOSYS, EOPNOTSUPP].contains(error.number) {
      return true
    }
  }

  /// Tries to lock for a second; false where another process holds the lock. A second, because a child of a process that
  /// ended has the lock too until the child runs its own program.
  private static func soon(_ lock: () throws -> Bool) throws -> Bool {
    for _ in 0..<100 {
      if try lock() { return true }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return false
  }
}
