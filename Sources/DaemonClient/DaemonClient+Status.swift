public import DaemonProtocol
public import Foundation
import NIOHTTP1

extension DaemonClient {
  private static let statusPath = "/v1/status"

  /// How the run stands; and all that the daemon says of it, which may be more, as JSON.
  public func status() async throws -> (status: DaemonStatus, json: Data) {
    let body = try await body(.GET, Self.statusPath)
    guard let status = try? JSONDecoder().decode(DaemonStatus.self, from: body) else {
      throw notADaemon(Self.statusPath)
    }
    return (status, body)
  }

  /// Lets training stop at the next inner step, or go on; returns whether it is paused now.
  public func setPaused(_ paused: Bool) async throws -> Bool {
    struct Answer: Decodable { var paused: Bool }
    let answer: Answer = try await value(.POST, paused ? "/v1/pause" : "/v1/resume")
    return answer.paused
  }
}
