public import Foundation
import Support

/// The lock of a state folder: one process trains with it. It is released when the process ends, however that is.
public final class StateLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock, or says who holds it.
  public init(state: URL) throws {
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    let path = state.appending(path: "lock").path
    descriptor = try SystemCall.open(path, O_RDWR | O_CREAT)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      SystemCall.close(descriptor)
      let holder = (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
      throw SnapshotError(
        .locked, "\(state.path): process \(holder ?? "unknown") trains with this state; stop it first, or use another")
    }
    ftruncate(descriptor, 0)
    let name = ProcessInfo.processInfo.processName
    try SystemCall.write(descriptor, Data("\(getpid()) (\(name))\n".utf8), path: path)
  }

  deinit { SystemCall.close(descriptor) }
}
