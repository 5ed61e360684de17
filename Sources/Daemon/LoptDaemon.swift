import ArgumentParser
import Commands
import Engine
import Files
import Foundation
import Logging
import ServiceLifecycle
import Settings
import Threads
import Training

/// The `lopt-daemon` command, which assembles the services.
@main
struct LoptDaemon: AsyncParsableCommand, StopsByFlag {
  static let configuration = CommandConfiguration(
    commandName: "lopt-daemon",
    abstract: "Outer-trains a learned optimizer and serves snapshots of it.",
    discussion: """
      It goes on from the newest sound state in the state folder, and writes it from time to time and on SIGTERM.
      SIGHUP makes it read the configuration again, and the log tells what of it needs a new start.

      Example:
        lopt-daemon --config lopt.json
        curl http://127.0.0.1:8417/v1/snapshots/latest
      """,
    version: toolVersion)

  @OptionGroup(title: "Configuration") var flags: ConfigurationFlags

  @Flag(help: "Validate the configuration and what it names, and leave.")
  var check = false

  static func main() async {
    await runTool(named: "lopt-daemon")
  }

  func run() async throws {
    if check {
      StopSignals.take()
      let configuration = try flags.load()
      _ = try Listener.all(configuration.http)
      try TrainingRun.check(configuration, kernels: .chosen())
      return try StandardOutput.print("all is good: lopt-daemon can begin, or go on, with this configuration")
    }
    // Before anything that takes long: the shards of a large data set are read for minutes.
    let stop = StopFlag()
    let signals = StopSignals(setting: stop)
    let reload = ReloadSignal()
    let configuration = try flags.load()
    let log: any LogHandler = SystemdHandler() ?? ConsoleHandler()
    let logger = Logger(label: "lopt-daemon") { _ in log }
    do {
      try await serve(configuration, logger, stop: stop, reload: reload)
    } catch is CancellationError where stop.isSet {
      logger.info("stopped before training began")
    }
    withExtendedLifetime((signals, reload)) {}
  }

  private func serve(
    _ configuration: Configuration, _ logger: Logger, stop: StopFlag, reload: ReloadSignal
  ) async throws {
    let manager = ServiceManager()
    let listeners = try Listener.all(configuration.http) + [Listener.besideState(configuration)].compactMap { $0 }
    let training = try TrainingRun(
      configuration: configuration, kernels: .chosen(), console: logger, stop: stop,
      opening: OpeningProgress(for: manager).show)
    let routes = Routes(training: training, started: Date(), requests: RequestCounter(), logger: logger)
    let servers = listeners.map { listener in
      let (listening, whenListening) = AsyncStream.makeStream(of: Never.self)
      let service = HTTPService(routes: routes, listener: listener, listening: whenListening, logger: logger)
      return (service: service, listening: listening)
    }
    let heartbeat = Heartbeat(of: training, for: manager)
    defer { heartbeat.end() }
    let trainer = TrainingService(
      training: training, listening: servers.map(\.listening), manager: manager, heartbeat: heartbeat)
    let load = flags.loader
    reload.onReload {
      manager.reloading()
      training.reload {
        let configuration = try load()
        let renewals = try listeners.flatMap { try $0.renewals() }
        return (configuration, renewals.filter(\.isChanged).map(\.name), { for renewal in renewals { renewal.take() } })
      }
      manager.ready()
    }
    var quiet = logger
    quiet.logLevel = .error
    var services = ServiceGroupConfiguration(
      services: servers.map { server in
        .init(
          service: server.service,
          successTerminationBehavior: server.service.listener.isOptional ? .ignore : .cancelGroup)
      }
        + [.init(service: trainer, successTerminationBehavior: .gracefullyShutdownGroup)],
      logger: quiet)
    // Clients that take their time do not keep the daemon from ending.
    services.maximumGracefulShutdownDuration = .seconds(10)
    let group = ServiceGroup(configuration: services)
    stop.whenSet { Task { await group.triggerGracefulShutdown() } }
    try await group.run()
  }
}
