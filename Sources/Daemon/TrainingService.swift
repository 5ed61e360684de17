import Foundation
import ServiceLifecycle
import Training

/// Outer-training, on threads of its own: it begins when the server listens, and ends by itself or at shutdown.
struct TrainingService: Service {
  var training: TrainingRun
  var listening: AsyncStream<Never>

  func run() async throws {
    try await withTaskCancellationOrGracefulShutdownHandler {
      // Ends at once when the task is cancelled, for example because the port is taken.
      await cancelWhenGracefulShutdown { for await _ in listening {} }
      guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
      try await onThread { try training.run() }
    } onCancelOrGracefulShutdown: {
      training.stop()
    }
  }
}

/// Runs what blocks for long on a thread of its own, not on one of those that serve.
private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
  try await withCheckedThrowingContinuation { continuation in
    let thread = Thread { continuation.resume(with: Result(catching: body)) }
    thread.name = "outer-training"
    thread.start()
  }
}
