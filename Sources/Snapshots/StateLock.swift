import Files
public import Foundation

/// The lock of a state folder: one process trains with it. It is released when the process ends, however that is.
public final class StateLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock, or says who holds it.
  public init(state: URL) throws {
    try SystemCall.makeFolder(state.path)
    let path = state.appending(path: "lock").path
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
      let holder = (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
      throw SnapshotError(
        .locked, "\(state.path): process \(holder ?? "unknown") trains with this state; stop it first, or use another")
    }
    try SystemCall.truncate(descriptor, path: path)
    let name = ProcessInfo.processInfo.processName
    try SystemCall.write(descriptor, Data("\(getpid()) (\(name))\n".utf8), path: path)
  }

  /// Waits a second at most: a child of the process that had it has it too, until the child runs its own program.
  private func lockSoon(_ path: String) throws -> Bool {
    for _ in 0..<100 {
      if try SystemCall.lock(descriptor, path: path) { return true }
      usleep(10_000)
    }
    return false
  }

  deinit { SystemCall.close(descriptor) }
}
