import Files
import Foundation
import ServiceLifecycle
import Training

/// The service that outer-trains, on threads of its own. It begins when all servers listen, and ends by itself or at
/// shutdown.
struct TrainingService: Service {
  var training: TrainingRun
  var listening: [AsyncStream<Never>]
  var manager: ServiceManager
  var heartbeat: Heartbeat

  func run() async throws {
    try await withTaskCancellationOrGracefulShutdownHandler {
      // Ends at once when the task is cancelled, for example because the port is taken.
      await cancelWhenGracefulShutdown { for server in listening { for await _ in server {} } }
      guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
      manager.ready()
      heartbeat.start()
      try await onThread(named: "outer-training") { try training.run() }
    } onCancelOrGracefulShutdown: {
      heartbeat.stop()
      training.stop()
    }
  }
}

/// Runs what blocks for long on a thread of its own, not on one of those that serve.
func onThread<Result: Sendable>(
  named name: String = "request", _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    let thread = Thread {
      SystemCall.nameThread(name)
      continuation.resume(with: .init(catching: body))
    }
    thread.start()
  }
}
