import ArgumentParser
import Engine
import Logging
import ServiceLifecycle
import Support
import Training
import UnixSignals

/// The `lopt-daemon` command: assembles the services.
@main
struct LoptDaemon: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lopt-daemon",
    abstract: "Outer-trains a learned optimizer and serves snapshots of it.",
    discussion: """
      It goes on from the newest sound state in the state folder, and writes it from time to time and on SIGTERM.

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
    if check { return try TrainingRun.check(flags.load()) }
    // Before anything that takes long: the shards of a large data set are read for minutes.
    let stop = StopFlag()
    let signals = StopSignals(setting: stop)
    let configuration = try flags.load()
    let logger = Logger(label: "lopt-daemon") { _ in LineLog() }
    do {
      try await serve(configuration, logger, stop: stop)
    } catch is CancellationError where stop.isSet {
      logger.info("stopped before training began")
    }
    withExtendedLifetime(signals) {}
  }

  private func serve(_ configuration: Configuration, _ logger: Logger, stop: StopFlag) async throws {
    let training = try TrainingRun(configuration: configuration, log: logger, stop: stop)
    let (listening, whenListening) = AsyncStream.makeStream(of: Never.self)
    let routes = Routes(store: training.store, health: { Health(training.status) }, logger: logger)
    var quiet = logger
    quiet.logLevel = .error
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(
            service: HTTPService(
              routes: routes, address: configuration.http, listening: whenListening, logger: logger)),
          .init(
            service: TrainingService(training: training, listening: listening),
            successTerminationBehavior: .gracefullyShutdownGroup),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    try await group.run()
  }
}
