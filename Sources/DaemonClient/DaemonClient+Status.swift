public import DaemonProtocol
public import Foundation
import NIOHTTP1

extension DaemonClient {
  /// Asks what the run is at.
  /// - Returns: the status, and the whole answer as JSON, which may say more.
  /// - Throws: `SnapshotError` where the daemon does not answer, refuses, or answers without sense.
  public func status() async throws -> (status: DaemonStatus, json: Data) {
    let body = try await body(.GET, DaemonPath.status)
    guard let status = try? JSONDecoder().decode(DaemonStatus.self, from: body) else {
      throw notADaemon(DaemonPath.status)
    }
    return (status, body)
  }

  /// Stops training at the next inner step, or lets it go on.
  /// - Returns: whether it is paused now.
  /// - Throws: `SnapshotError` where the daemon does not answer or refuses.
  public func setPaused(_ paused: Bool) async throws -> Bool {
    let answer: PauseState = try await value(.POST, paused ? DaemonPath.pause : DaemonPath.resume)
    return answer.paused
  }
}
