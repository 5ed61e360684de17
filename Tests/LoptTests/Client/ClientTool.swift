import Foundation
import TestSupport

/// Runs `lopt` on a thread of its own: the server that it speaks to may be one of this process.
func lopt(_ arguments: String..., environment: [String: String] = [:]) async throws -> ProcessResult {
  try await lopt(arguments, environment: environment)
}

/// Likewise.
func lopt(_ arguments: [String], environment: [String: String] = [:]) async throws -> ProcessResult {
  try await withCheckedThrowingContinuation { continuation in
    Thread {
      continuation.resume(with: Result { try ToolProcess.run("lopt", arguments, environment: environment) })
    }.start()
  }
}
