public import DaemonProtocol
public import Foundation
import NIOHTTP1

extension DaemonClient {
  /// How the run stands; and all that the daemon says of it, which may be more, as JSON.
  public func status() async throws -> (status: DaemonStatus, json: Data) {
    let body = try await body(.GET, DaemonPath.status)
    guard let status = try? JSONDecoder().decode(DaemonStatus.self, from: body) else {
      throw notADaemon(DaemonPath.status)
    }
    return (status, body)
  }

  /// Lets training stop at the next inner step, or go on; returns whether it is paused now.
  public func setPaused(_ paused: Bool) async throws -> Bool {
    let answer: PauseState = try await value(.POST, paused ? DaemonPath.pause : DaemonPath.resume)
    return answer.paused
  }
}
