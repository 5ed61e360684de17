import ServiceLifecycle
import Threads
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
      try await Threads.run(named: "outer-training") { try training.run() }
    } onCancelOrGracefulShutdown: {
      heartbeat.stop()
      training.stop()
    }
  }
}
