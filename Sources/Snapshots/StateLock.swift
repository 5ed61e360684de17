import Files
public import Foundation

/// The lock of a state folder, with which one process at a time trains. It is released when the process ends in any
/// way.
public final class StateLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock.
  /// - Throws: ``SnapshotError`` that names the process that holds it.
  public init(state: URL) throws {
    try SystemCall.makeFolder(state.path)
    let path = StateFolder(state).lock.path
    descriptor = try SystemCall.open(path, O_RDWR | O_CREAT)
    do {
      try take(path, state)
    } catch {
      SystemCall.close(descriptor)
      throw error
    }
  }

  private func take(_ path: String, _ state: URL) throws {
    guard try lockSoon(path) else {
      let holder = (try? FileReading.data(URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }?
        .trimmingCharacters(in: .whitespacesAndNewlines)
      throw SnapshotError(
        .locked, "\(state.path): process \(holder ?? "unknown") trains with this state; stop it first, or use another")
    }
    try SystemCall.truncate(descriptor, path: path)
    let name = ProcessInfo.processInfo.processName
    try SystemCall.write(descriptor, Data("\(ProcessInfo.processInfo.processIdentifier) (\(name))\n".utf8), path: path)
  }

  /// Tries to lock the file for a second; false where another process holds it. A second, because a child of a process
  /// that ended has the lock too until the child runs its own program.
  private func lockSoon(_ path: String) throws -> Bool {
    for _ in 0..<100 {
      if try SystemCall.lock(descriptor, path: path) { return true }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return false
  }

  deinit { SystemCall.close(descriptor) }
}
